import Glibc
import HTTPServer
import System
import TestSupport
import Testing

@Suite struct StaticFilesTests {
    private let folder: TemporaryFolder
    private var root: String { folder.path("root") }
    private let files: StaticFiles

    init() throws {
        let contents: [String: [UInt8]] = [
            "index.html": Array("<p>home</p>".utf8), "styles/console.css": Array(repeating: 0x61, count: 5_000),
            "digits.txt": Array("0123456789".utf8), "a b/ü.json": Array("{}".utf8), ".hidden": [1], "empty.txt": [],
            "noise.svg": (0..<4_000).map { _ in UInt8.random(in: 0...255) },
            "photo.png": Array(repeating: 0, count: 5_000),
        ]
        folder = try TemporaryFolder("files")
        let root = folder.path("root")
        for (name, bytes) in contents {
            try Files.makeFolder(Files.folder(of: "\(root)/\(name)"))
            try Files.replace("\(root)/\(name)", with: bytes)
        }
        try Files.replace(folder.path("secret"), with: Array("secret".utf8))
        #expect(unsafe symlink("../secret", "\(root)/escape.txt") == 0)
        #expect(unsafe symlink("digits.txt", "\(root)/link.txt") == 0)
        #expect(unsafe mkfifo("\(root)/pipe.txt", 0o600) == 0)
        files = try StaticFiles(StaticFiles.Configuration(root: root))
    }

    /// An answer as a test can compare it.
    struct Seen {
        var status: Status
        var headers: [String: String]
        var body: [UInt8]
        var length: Int64
        var isFile: Bool
    }

    private func get(
        _ path: String, _ headers: [String: String] = [:], method: String = "GET", from files: StaticFiles? = nil
    ) throws -> Seen {
        let answer = try (files ?? self.files).answer(method: method, path: path) { headers[$0] }
        let status = answer.status
        let length = answer.contentLength
        let answered = Dictionary(uniqueKeysWithValues: answer.headers.map { ($0.name, $0.value) })
        switch answer.takeBody() {
        case .none: return Seen(status: status, headers: answered, body: [], length: length, isFile: false)
        case .bytes(let bytes):
            return Seen(status: status, headers: answered, body: bytes, length: length, isFile: false)
        case .file(let file, let range):
            lseek(file.number, Int(range.lowerBound), SEEK_SET)
            let body = range.isEmpty ? [] : try file.read(upTo: range.count)
            return Seen(status: status, headers: answered, body: body, length: length, isFile: true)
        }
    }

    private func refusal(_ path: String, _ headers: [String: String] = [:], method: String = "GET") -> Status? {
        do {
            _ = try get(path, headers, method: method)
            return nil
        } catch { return (error as? Problem)?.status }
    }

    @Test(arguments: [
        ("digits.txt", "0123456789", "text/plain; charset=utf-8"),
        ("/digits.txt", "0123456789", "text/plain; charset=utf-8"),
        ("", "<p>home</p>", "text/html; charset=utf-8"), ("/", "<p>home</p>", "text/html; charset=utf-8"),
        ("a%20b/%C3%BC.json", "{}", "application/json"), ("link.txt", "0123456789", "text/plain; charset=utf-8"),
        ("empty.txt", "", "text/plain; charset=utf-8"),
    ])
    func aFileIsServedWithItsType(path: String, content: String, type: String) throws {
        for method in ["GET", "HEAD"] {
            let seen = try get(path, method: method)
            #expect(seen.status == .ok && seen.isFile)
            #expect(String(decoding: seen.body, as: UTF8.self) == content)
            #expect(seen.length == Int64(content.utf8.count))
            #expect(seen.headers["Content-Type"] == type)
            #expect(seen.headers["Cache-Control"] == "no-cache")
            #expect(seen.headers["X-Content-Type-Options"] == "nosniff")
            #expect(seen.headers["Accept-Ranges"] == "bytes")
        }
    }

    @Test(arguments: [
        "missing", "../secret", "..", ".", "styles/../digits.txt", "%2e%2e/secret", "%2E%2E%2Fsecret",
        "styles%2Fconsole.css",
        "..%5Csecret", "styles\\console.css", "digits.txt%00", "digits.txt%00.png", "%", "%zz", "styles//console.css",
        "//digits.txt", "./digits.txt", "digits.txt/", "styles", "styles/", ".hidden", "escape.txt", "pipe.txt",
        "/etc/passwd", "//etc/passwd", "%2Fetc%2Fpasswd", "digits.txt%0A", "%C0%AE%C0%AE/secret", "digits.txt/x", "%ff",
    ])
    func nothingElseIsServed(path: String) {
        #expect(refusal(path) == .notFound)
    }

    @Test func otherMethodsAndLongPathsAreRefused() {
        #expect(refusal("digits.txt", method: "POST") == .methodNotAllowed)
        #expect(refusal(String(repeating: "a", count: 1_025)) == .uriTooLong)
        #expect(refusal(String(repeating: "a", count: 1_000)) == .notFound, "longer than a file name may be")
    }

    @Test func aKnownFileIsNotSentAgain() throws {
        let first = try get("digits.txt")
        let tag = try #require(first.headers["ETag"])
        let date = try #require(first.headers["Last-Modified"])
        for headers in [["If-None-Match": tag], ["If-None-Match": "\"x\", W/\(tag)"], ["If-Modified-Since": date]] {
            let second = try get("digits.txt", headers)
            #expect(second.status == .notModified && second.body.isEmpty && second.headers["ETag"] == tag)
        }
        #expect(try get("digits.txt", ["If-None-Match": "\"x\""]).status == .ok)
        #expect(refusal("digits.txt", ["If-Match": "\"x\""]) == .preconditionFailed)
        #expect(refusal("digits.txt", ["If-Match": "x"]) == .badRequest)
    }

    @Test func aChangedFileHasAnotherTag() throws {
        let before = try get("digits.txt").headers["ETag"]
        try Files.replace("\(root)/digits.txt", with: Array("9876543210".utf8))
        let after = try get("digits.txt", ["If-None-Match": before ?? ""])
        #expect(after.status == .ok && after.headers["ETag"] != before)
        #expect(after.body == Array("9876543210".utf8))
    }

    @Test func aRangeIsServedAlone() throws {
        let part = try get("digits.txt", ["Range": "bytes=2-4"])
        #expect(part.status == .partialContent && part.body == Array("234".utf8) && part.length == 3)
        #expect(part.headers["Content-Range"] == "bytes 2-4/10")
        #expect(try get("digits.txt", ["Range": "bytes=-1"]).body == Array("9".utf8))
        #expect(try get("digits.txt", ["Range": "bytes=0-1,3-4"]).status == .ok, "several ranges: the whole")
        #expect(refusal("digits.txt", ["Range": "bytes=10-"]) == .rangeNotSatisfiable)
        #expect(try get("digits.txt", ["Range": "bytes=2-4", "If-Range": part.headers["ETag"] ?? ""]).length == 3)
        #expect(try get("digits.txt", ["Range": "bytes=2-4", "If-Range": "\"old\""]).status == .ok)
    }

    @Test func textIsCompressedOnceAndNamedApart() throws {
        let plain = try get("styles/console.css")
        let packed = try get("styles/console.css", ["Accept-Encoding": "gzip"])
        #expect(packed.headers["Content-Encoding"] == "gzip" && plain.headers["Content-Encoding"] == nil)
        #expect(packed.headers["Vary"] == "Accept-Encoding" && plain.headers["Vary"] == "Accept-Encoding")
        #expect(packed.headers["ETag"] != plain.headers["ETag"])
        #expect(packed.headers["Content-Type"] == plain.headers["Content-Type"])
        #expect(packed.length == Int64(packed.body.count) && packed.length < 200)
        #expect(try Gzip.decompress(packed.body, outputBytesMax: 5_000) == plain.body)
        let kept = files.compressedBytes
        #expect(kept > 0)
        let again = try get(
            "styles/console.css", ["Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"] ?? ""])
        #expect(again.status == .notModified && files.compressedBytes == kept)
        let part = try get("styles/console.css", ["Accept-Encoding": "gzip", "Range": "bytes=0-9"])
        #expect(part.body.count == 10 && part.headers["Content-Encoding"] == nil)
    }

    @Test(arguments: ["digits.txt", "noise.svg", "photo.png"])
    func whatDoesNotShrinkStaysPlain(path: String) throws {
        for _ in 0..<2 {
            #expect(try get(path, ["Accept-Encoding": "gzip"]).headers["Content-Encoding"] == nil)
        }
    }

    @Test func theCacheForgetsWhatWasNotAskedForLongest() throws {
        for name in ["a", "b", "c"] {
            let text = (0..<500).map { "\(name)\($0)" }.joined(separator: " ")
            try Files.replace("\(root)/\(name).txt", with: Array(text.utf8))
        }
        let one = try get("a.txt", ["Accept-Encoding": "gzip"]).body.count
        var configuration = StaticFiles.Configuration(root: root)
        configuration.compressedCacheBytesMax = one * 2 + one / 2 + 3 * 256
        let files = try StaticFiles(configuration)
        for _ in 0..<3 {
            for name in ["a", "b", "c"] {
                let seen = try get("\(name).txt", ["Accept-Encoding": "gzip"], from: files)
                #expect(seen.headers["Content-Encoding"] == "gzip")
                #expect(files.compressedBytes <= configuration.compressedCacheBytesMax)
            }
        }
        #expect(files.compressedBytes > one)
    }

    @Test func manyMayAskAtOnce() async throws {
        let expected = try get("styles/console.css").body
        try await withThrowingTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    let seen = try get("styles/console.css", ["Accept-Encoding": "gzip"])
                    #expect(try Gzip.decompress(seen.body, outputBytesMax: 5_000) == expected)
                }
            }
            try await group.waitForAll()
        }
        let kept = files.compressedBytes
        _ = try get("styles/console.css", ["Accept-Encoding": "gzip"])
        #expect(kept > 0 && files.compressedBytes == kept, "kept once, however many made it")
    }

    @Test func aMissingFolderIsSaidAtTheStart() {
        #expect(throws: SystemError.self) { try StaticFiles(StaticFiles.Configuration(root: "\(root)/nowhere")) }
    }
}
