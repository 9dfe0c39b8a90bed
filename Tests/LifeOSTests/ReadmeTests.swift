import JSON
import System
import TestSupport
import Testing

/// What people try first has to work word for word.
@Suite struct ReadmeTests {
    private static let readme = "\(String(#filePath.split(separator: "/Tests/")[0]))/README.md"

    /// The shell session beneath the heading.
    private static func session() throws -> String {
        let lines = try Files.readText(readme).split(separator: "\n", omittingEmptySubsequences: false)
        let look = lines.drop { $0 != "## Five minutes to an undo" }.drop { $0 != "```sh" }.dropFirst()
        return look.prefix { $0 != "```" }.joined(separator: "\n")
    }

    /// `lifeos manual --format markdown > ops/commands.md` writes it anew.
    @Test func thePageOfCommandsIsWhatTheProgramDeclares() async throws {
        let folder = try TemporaryFolder("commands")
        let page = try await RunningLifeOS.run(["manual", "--format", "markdown"], home: folder.path("home"))
        #expect(page.exit == .code(0))
        #expect(try page.outputText == Files.readText("\(Files.folder(of: Self.readme))/ops/commands.md"))
    }

    @Test func theFiveMinutesEndInAnUndoAndAVerifiedLog() async throws {
        let folder = try TemporaryFolder("readme")
        let home = folder.path("home")
        let lifeos = try await RunningLifeOS.start(home: home)
        try Files.makeFolder("\(home)/.lifeos")
        try Files.replace("\(home)/.lifeos/admin-token", with: Array(RunningLifeOS.token.utf8))
        let session = try Self.session()
            .replacing("http://127.0.0.1:8080", with: lifeos.address)
            .replacing("$PWD/.build/release", with: Files.folder(of: RunningLifeOS.program))
        #expect(session.contains(lifeos.address) && session.contains(Files.folder(of: RunningLifeOS.program)))
        let script = try await Program(
            "/bin/sh", ["-eu", "-c", session], environment: RunningLifeOS.environment(home: home)
        ).run()
        #expect(script.exit == .code(0), "\(script.errorText)")
        let answers = script.outputText.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        // Changed, refused, as it was, undone.
        try #require(answers.count == 4, "\(script.outputText)")
        #expect(answers[0]["version"] == 2 && answers[0]["data"]?["occupation"] == "lighthouse keeper")
        #expect(answers[1]["code"] == "version_conflict")
        #expect(answers[2]["occupation"] == "beekeeper")
        #expect(answers[3]["version"] == 3 && answers[3]["data"]?["occupation"] == "beekeeper")
        let said = script.outputText + script.errorText
        for words in [
            "because: She moved to the coast.", "would change back", "To undo this: lifeos undo", "The log is intact",
            "All projections match the log", "ready, at \(lifeos.address)",
        ] {
            // Some of it is a note, which no pipe is to carry.
            #expect(said.contains(words), "\(words) is not in \(said)")
        }
        _ = try await lifeos.stop()
    }
}
