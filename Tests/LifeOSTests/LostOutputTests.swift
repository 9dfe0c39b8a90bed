import Glibc
import System
import TestSupport
import Testing

@Suite struct LostOutputTests {
    private static let commands = [
        ["log", "show"], ["log", "verify"], ["audit"], ["backup", "list"], ["backup", "schedule"],
        ["replay", "diff", "0", "1"], ["replay", "inspect", "1"], ["projections", "list"], ["projections", "check"],
        ["help"], ["help", "settings"], ["log", "show", "--help"], ["version"], ["completion", "bash"],
        ["events", "docs"], ["doctor"],
    ]

    @Test func everyCommandFailsWhenItsOutputCannotBeWritten() async throws {
        let folder = try TemporaryFolder("output")
        let home = folder.path("home")
        let lifeos = try await RunningLifeOS.start(home: home)
        let backup = ["LIFEOS_BACKUP_TARGET": folder.path("backups"), "LIFEOS_BACKUP_SCHEDULE": "full daily 03:00"]
        #expect(try await RunningLifeOS.run(["backup", "create"], home: home, backup).exit == .code(0))
        for command in Self.commands {
            for form in [[], ["--json"]] {
                let result = try await run(command + form, "> /dev/full", home, backup)
                #expect(result.exit == .code(1), "\(command)")
                #expect(result.errorText.contains("No space left on device"), "\(command): \(result.errorText)")
            }
        }
        _ = try await lifeos.stop()
    }

    /// As with `lifeos log show | head -1`: no crash, and nothing said that would stand behind what `head` shows.
    @Test(arguments: [["version"], ["help", "settings"], ["events", "docs", "--json"]])
    func withoutAReaderTheCommandEndsQuietlyWithOne(_ arguments: [String]) async throws {
        let folder = try TemporaryFolder("output")
        var ends: [Int32] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        var program = Program(
            "/bin/sh", ["-c", "exec \"$0\" \"$@\" >&3", RunningLifeOS.program] + arguments,
            environment: RunningLifeOS.environment(home: folder.path("home")))
        program.descriptor = ends[1]
        let result = try await program.run()
        #expect(result.exit == .code(1))
        #expect(result.errorText == "")
    }

    /// Closed, the number would go to the first file or connection that the program opens.
    @Test func withoutAStandardOutputNothingElseTakesItsPlace() async throws {
        let folder = try TemporaryFolder("output")
        let result = try await run(["version"], ">&-", folder.path("home"))
        #expect(result.exit == .code(1))
        #expect(result.errorText.contains("Bad file descriptor"), "\(result.errorText)")
        #expect(try await run(["version"], ">&- 2>&-", folder.path("home")).exit == .code(1))
        #expect(try await run(["version"], "<&- 2>&-", folder.path("home")).exit == .code(0))
    }

    private func run(
        _ arguments: [String], _ redirection: String, _ home: String, _ more: [String: String] = [:]
    ) async throws -> Program.Result {
        try await Program(
            "/bin/sh", ["-c", "exec \"$0\" \"$@\" \(redirection)", RunningLifeOS.program] + arguments,
            environment: RunningLifeOS.environment(home: home, more)
        ).run()
    }
}
