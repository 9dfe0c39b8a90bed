import JSON
import System
import TestSupport
import Testing

/// What people follow on a bad day has to work word for word.
@Suite struct RunbookTests {
    private static let runbooks = "\(String(#filePath.split(separator: "/Tests/")[0]))/ops/runbooks"

    /// All shell blocks of a runbook, one after the other.
    static func blocks(of name: String) throws -> String {
        var isInside = false
        var lines: [Substring] = []
        for line in try Files.readText("\(runbooks)/\(name).md").split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line == "```sh" || line == "```" {
                isInside = line == "```sh"
            } else if isInside {
                lines.append(line)
            }
        }
        return lines.joined(separator: "\n")
    }

    @Test func aDestroyedDayOfWorkComesBackAndGoesAndComesBack() async throws {
        let folder = try TemporaryFolder("runbook")
        let program = Files.folder(of: RunningLifeOS.program)
        let script = try Self.blocks(of: "somebody-destroyed-a-day-of-work")
            .replacing("$PWD/.build/release", with: program)
            .replacing("damage.html", with: folder.path("damage.html"))
        #expect(script.contains(program) && script.contains(folder.path("damage.html")))
        let run = try await Program(
            "/bin/sh", ["-eu", "-c", script], environment: RunningLifeOS.environment(home: folder.path("home"))
        ).run(timeout: .seconds(300))
        try #require(run.exit == .code(0), "\(run.errorText)")
        let sums = run.outputText.split(separator: "\n").filter { $0.hasPrefix("From position ") }
        try #require(sums.count == 5, "\(sums)")
        // Damaged; the report says the same; rolled back; the rollback undone; the undo undone.
        #expect(sums[0].contains(" changed") && sums[1].contains(" changed"))
        #expect(sums[2].contains(" unchanged") && !sums[2].contains(" changed"))
        #expect(Self.counts(sums[3]) == Self.counts(sums[0]))
        #expect(Self.counts(sums[4]) == Self.counts(sums[2]))
        #expect(run.outputText.contains("The log is intact"))
        #expect(try Files.readText(folder.path("damage.html")).contains("<h1>From position "))
    }

    @Test func aLostHomeComesBackFromItsBackup() async throws {
        let folder = try TemporaryFolder("restored")
        let program = Files.folder(of: RunningLifeOS.program)
        let script = try Self.blocks(of: "restore-from-a-backup").replacing("$PWD/.build/release", with: program)
        #expect(script.contains(program))
        let run = try await Program(
            "/bin/sh", ["-eu", "-c", script], environment: RunningLifeOS.environment(home: folder.path("home"))
        ).run(timeout: .seconds(300))
        try #require(run.exit == .code(0), "\(run.errorText)")
        for said in ["1 backup is intact", "Restored", "The log is intact", "All projections match the log", "earlier"]
        {
            // Some of it is a note, which no pipe is to carry.
            #expect((run.outputText + run.errorText).contains(said), "\(said) is missing in \(run.outputText)")
        }
        #expect(Files.exists(folder.path("home.broken/backups")))
    }

    /// The page on point-in-time recovery changes the machine's PostgreSQL, so its drill is what runs here.
    @Test(.enabled(if: Files.exists("/usr/bin/pgbackrest"), "run ops/setup --test"))
    func aLostClusterComesBackAsItWasAtAMoment() async throws {
        let run = try await Program(
            "\(Self.runbooks)/drill-pitr", ["--lifeos", RunningLifeOS.program, "--rows", "200"],
            environment: Program.plainEnvironment
        ).run(timeout: .seconds(300))
        try #require(run.exit == .code(0), "\(run.outputText)\n\(run.errorText)")
        #expect(run.outputText.contains("The drill went well"))
    }

    /// Such as `12 changed, 3 created`.
    private static func counts(_ sum: Substring) -> Substring? {
        sum.split(separator: "): ").last?.prefix { $0 != ";" }
    }
}
