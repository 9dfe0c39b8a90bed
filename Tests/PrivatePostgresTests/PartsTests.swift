import System
import TestSupport
import Testing

@testable import PrivatePostgres

@Suite struct PartsTests {
    @Test(
        arguments: [
            ("12\n/data\n1\n5432\n.\n\n 1 2\nready   \n", 12, true),
            ("12\n/data\n1\n5432\n.\n\n 1 2\nstarting\n", 12, false),
            ("12\n/data\n1\n5432\n.\n\n 1 2\nstopping\n", 12, false),
            ("12\n/data\n", 12, false), ("12", 12, false),
            ("", nil, false), ("\n", nil, false), ("-12\n", nil, false), ("0\n", nil, false), ("x\nready", nil, false),
            ("99999999999\n", nil, false),
        ] as [(String, Int32?, Bool)])
    func theServersLockFileIsRead(_ text: String, _ processID: Int32?, _ isReady: Bool) {
        let file = PostmasterFile(text: text)
        #expect(file?.processID == processID)
        #expect((file?.isReady ?? false) == isReady)
    }

    @Test(arguments: [
        (256 << 20, "32MB", "4MB"), (4 << 30, "512MB", "5MB"), (24 << 30, "1024MB", "30MB"),
        (1 << 40, "1024MB", "32MB"),
        (0, "32MB", "4MB"),
    ])
    func memoryIsSharedOutWithinBounds(_ bytes: Int, _ sharedBuffers: String, _ workMemory: String) {
        let settings = Settings(.init(home: "/home"), memoryBytes: bytes)
        #expect(settings.values["shared_buffers"] == sharedBuffers)
        #expect(settings.values["work_mem"] == workMemory)
    }

    @Test func aFleetingServerGivesUpDurabilityAndNothingElse() {
        let durable = Settings(.init(home: "/home"), memoryBytes: 1 << 30).values
        var configuration = PrivatePostgres.Configuration(home: "/home")
        configuration.durability = .fleeting
        let fleeting = Settings(configuration, memoryBytes: 1 << 30).values
        let changed = durable.keys.filter { durable[$0] != fleeting[$0] }
        #expect(Set(changed) == ["fsync", "synchronous_commit", "full_page_writes"])
    }

    @Test func theNewestInstallationIsTakenAndOlderDataFindTheirOwn() throws {
        let all = [
            Installation(major: 14, binaries: "/14"), Installation(major: 15, binaries: "/15"),
            Installation(major: 17, binaries: "/17"), Installation(major: 17, binaries: "/other"),
        ]
        #expect(try Installation.choose(among: all, for: nil, askedFolder: nil).binaries == "/17")
        #expect(try Installation.choose(among: all, for: 15, askedFolder: nil).binaries == "/15")
        #expect(throws: PrivatePostgresError.self) { try Installation.choose(among: all, for: 16, askedFolder: nil) }
        let old = #expect(throws: PrivatePostgresError.self) {
            try Installation.choose(among: [all[0]], for: nil, askedFolder: nil)
        }
        #expect(old?.message.contains("found only 14") == true)
    }

    @Test(arguments: [("15.20", 15), ("18beta1", 18), ("17rc1", 17), ("", nil), ("devel", nil)] as [(String, Int?)])
    func versionsAreRead(_ text: String, _ major: Int?) {
        #expect(Installation.major(ofVersion: text) == major)
    }

    @Test func theLogIsBoundedAndKeepsTheNewestLines() throws {
        let folder = try TemporaryFolder("log")
        let path = folder.path("postgres.log")
        let log = ServerLog(path: path, bytesMax: 10_000)
        for number in 0..<2_000 { log.write(Array("line \(number)\n".utf8)) }
        let sizes = [path, "\(path).1"].map { Files.size(of: $0) ?? 0 }
        #expect(sizes.reduce(0, +) <= 10_000 && sizes[1] > 4_000)
        #expect(try Files.names(in: folder.path) == ["postgres.log", "postgres.log.1"])
        #expect(log.lines.last == "line 1999" && log.lines.count == 20)
        #expect(try Files.readText(path).hasSuffix("line 1999\n"))
        log.forgetLines()
        #expect(log.lines.isEmpty)
    }

    @Test func aLogThatCannotBeWrittenStillShowsItsLastLines() {
        let log = ServerLog(path: "/proc/no/such.log", bytesMax: 100)
        log.write(Array("a\nb\n".utf8))
        #expect(log.lines == ["a", "b"])
    }

    @Test func connectionWordsAreQuoted() {
        #expect(
            Conninfo.text(folder: "/it's \\ here", database: "a b")
                == "host='/it\\'s \\\\ here' port=5432 user=lifeos dbname='a b'")
    }
}
