import System
import Testing

@testable import Configuration

/// What a text becomes, or the problem's whole sentence.
private func read<Value>(_ kind: Kind<Value>, _ text: String, home: String? = "/home/ada", folder: String? = nil)
    -> String
{
    do {
        return "\(try kind.read(text, for: "X", in: Place(home: home, folder: folder)))"
    } catch {
        return error.description
    }
}

@Suite struct KindTests {
    enum Colour: String, CaseIterable { case red, green, blue }

    @Test(
        arguments: [
            ("1", "1"), ("64", "64"), ("-1", nil), ("0", nil), ("65", nil), ("", nil), ("1.0", nil), ("1e1", nil),
            (" 1", nil),
            ("99999999999999999999", nil), ("٣", nil),
        ] as [(String, String?)])
    func aNumberIsWholeAndInItsRange(text: String, value: String?) {
        #expect(
            read(.integer(1...64), text)
                == value ?? "X is \"\(text)\", but must be a whole number from 1 to 64.")
    }

    @Test func aRangeIsToldInWords() {
        #expect(Kind.integer().form == "a whole number")
        #expect(Kind.integer(1 ... .max).form == "a whole number of at least 1")
        #expect(Kind.integer(.min...9).form == "a whole number up to 9")
        #expect(Kind.size(1 << 20...1 << 30).form == "a size such as 64MiB, from 1MiB to 1GiB")
        #expect(Kind.size(0...1000).form == "a size such as 64MiB, at most 1kB")
        #expect(Kind.duration(.seconds(1)...Span.longest).form == "a duration such as 250ms or 30s, at least 1s")
        #expect(Kind.choice(of: Colour.self).form == "red, green or blue")
    }

    @Test(arguments: [
        ("0", 0), ("17", 17), ("1B", 1), ("1kB", 1_000), ("2KiB", 2_048), ("64MiB", 64 << 20), ("64 mib", 64 << 20),
        ("1GB", 1_000_000_000), ("1TiB", 1 << 40),
    ])
    func aSizeHasAUnit(text: String, bytes: Int) {
        #expect(read(.size(), text) == "\(bytes)")
        #expect(read(.size(), ByteCount.spell(bytes)) == "\(bytes)")
    }

    @Test(arguments: ["", "MiB", "-1", "1.5GiB", "1XB", "9999999999TiB", "99999999999999999999", "1 0"])
    func aWrongSizeIsRefused(text: String) {
        #expect(read(.size(), text) == "X is \"\(text)\", but must be a size such as 64MiB.")
    }

    @Test func anAmbiguousSizeSaysBothReadings() {
        #expect(read(.size(), "64m").hasSuffix("Write 64MiB for powers of 1024 or 64MB for 1000."))
    }

    @Test(
        arguments: [
            ("0", .zero), ("250us", .microseconds(250)), ("250ms", .milliseconds(250)), ("30s", .seconds(30)),
            ("5m", .seconds(300)), ("1h30m", .seconds(5_400)), ("7d", .seconds(7 * 86_400)),
            ("1m1ms", .milliseconds(60_001)),
        ] as [(String, Duration)])
    func aDurationHasAUnit(text: String, duration: Duration) throws {
        let place = Place(home: nil, folder: nil)
        #expect(try Kind.duration().read(text, for: "X", in: place) == duration)
        #expect(try Kind.duration().read(Span.spell(duration), for: "X", in: place) == duration)
    }

    @Test(arguments: ["", "s", "-1s", "1.5s", "1x", "1s2", "9999999999d", "9223372036854775807d", "1 s", "30"])
    func aWrongDurationIsRefused(text: String) {
        #expect(read(.duration(), text).hasPrefix("X is \"\(text)\", but must be a duration such as 250ms or 30s."))
    }

    @Test func aDurationWithoutAUnitIsAskedForOne() {
        #expect(read(.duration(), "30").hasSuffix(" Add the unit: 30s, 30m or 30h."))
    }

    @Test(arguments: ["on", "true", "YES", "1"]) func onIsOn(text: String) { #expect(read(.onOff, text) == "true") }
    @Test(arguments: ["off", "false", "No", "0"]) func offIsOff(text: String) { #expect(read(.onOff, text) == "false") }

    @Test func aWrongWordIsRefusedWithTheNearest() {
        #expect(read(.onOff, "maybe") == "X is \"maybe\", but must be on or off.")
        #expect(read(.choice(of: Colour.self), "green") == "green")
        #expect(
            read(.choice(of: Colour.self), "gren")
                == "X is \"gren\", but must be red, green or blue. Did you mean green?")
        #expect(read(.choice(["a"]), "zzz") == "X is \"zzz\", but must be a.")
    }

    @Test(arguments: [
        ("/", "/"), ("/a/b", "/a/b"), ("/a//b/./c/../d/", "/a/b/d"), ("/../a", "/a"), ("~", "/home/ada"),
        ("~/.lifeos", "/home/ada/.lifeos"), ("~/..", "/home"),
    ])
    func aPathBecomesAbsolute(text: String, path: String) {
        #expect(read(.path, text) == path)
    }

    @Test func aRelativePathNeedsAFolder() {
        #expect(read(.path, "x/y", folder: "/work") == "/work/x/y")
        #expect(read(.path, "../y", folder: "/work/z") == "/work/y")
        #expect(read(.path, "x") == "X is \"x\", but must be a path. Write the absolute path, beginning with / or ~/.")
        #expect(
            read(.path, "~/x", home: nil).hasSuffix(
                "HOME is not set, so ~ cannot be resolved: write the absolute path."))
        #expect(read(.path, "") == "X is \"\", but must be a path.")
        #expect(read(.path, "/a\0b") == "X is \"/a\\u{0}b\", but must be a path.")
    }

    @Test func aListIsReadItemByItem() {
        #expect(read(.list(.integer(1...9)), "1, 2,,3 ") == "[1, 2, 3]")
        #expect(read(.list(.path, separator: ":"), "/a:~/b") == #"["/a", "/home/ada/b"]"#)
        #expect(read(.list(.integer(1...9)), "1,x").contains(#"but must be a list, divided by ",""#))
    }

    @Test func aTimeIsRFC3339() {
        #expect(read(.time, "2026-11-21T07:10:34+01:00") == "2026-11-21T06:10:34.000000Z")
        #expect(read(.time, "yesterday") == "X is \"yesterday\", but must be a time such as 2026-11-21T06:10:34Z.")
    }

    @Test(
        arguments: [
            ("127.0.0.1:8080", .internet(host: "127.0.0.1", port: 8080)), ("[::1]:0", .internet(host: "::1", port: 0)),
            ("[fe80::1%eth0]:80", .internet(host: "fe80::1%eth0", port: 80)),
            ("localhost:65535", .internet(host: "localhost", port: 65_535)),
            ("my-host.example:1", .internet(host: "my-host.example", port: 1)),
            ("unix:/run/a.sock", .unix(path: "/run/a.sock")),
        ] as [(String, ListenAddress)])
    func anAddressIsReadAndWrittenAlike(text: String, address: ListenAddress) {
        #expect(ListenAddress(text) == address)
        #expect(address.description == text)
    }

    @Test(
        arguments: [
            ("", nil), ("nonsense", nil), ("127.0.0.1:65536", nil), ("127.0.0.1:-1", nil), ("127.0.0.1:", nil),
            ("256.1.1.1:80", nil),
            ("1.2.3:80", nil), ("01.2.3.4:80", nil), ("a b:80", nil), ("-a:80", nil), ("[::1:80", nil), ("[x]:80", nil),
            ("a..b:80", nil),
            ("http://localhost:80", nil),
            ("8080", "Write 127.0.0.1:8080 for this machine only."),
            (":8080", "Write 127.0.0.1:8080 for this machine only, 0.0.0.0:8080 for every address."),
            ("::1:8080", "Write [::1]:8080, with brackets."),
            ("unix:a.sock", "Write the socket's absolute path: unix:/run/lifeos.sock."),
            ("unix:/\(String(repeating: "a", count: 107))", "A socket's path holds at most 107 bytes."),
        ] as [(String, String?)])
    func aWrongAddressIsRefused(text: String, hint: String?) {
        #expect(ListenAddress(text) == nil)
        let problem = read(.listenAddress, text)
        #expect(
            problem.contains("but must be an address such as 127.0.0.1:8080, [::1]:8080 or unix:/run/lifeos.sock."))
        #expect(problem.hasSuffix(hint ?? "lifeos.sock."))
    }

    @Test func onlyLoopbackAndSocketsAreLocal() {
        let local = ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1", "unix:/a"]
        let open = ["0.0.0.0:1", "[::]:1", "10.0.0.1:1", "studio.example:1"]
        #expect(local.allSatisfy { ListenAddress($0)?.isLocal == true })
        #expect(open.allSatisfy { ListenAddress($0)?.isLocal == false })
    }
}
