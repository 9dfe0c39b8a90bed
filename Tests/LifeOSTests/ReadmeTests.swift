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
        let look = lines.drop { $0 != "## A first look" }.drop { $0 != "```sh" }.dropFirst()
        return look.prefix { $0 != "```" }.joined(separator: "\n")
    }

    @Test func theFirstLookDoesWhatItSays() async throws {
        let folder = try TemporaryFolder("readme")
        let home = folder.path("home")
        let lifeos = try await RunningLifeOS.start(home: home)
        try Files.makeFolder("\(home)/.lifeos")
        try Files.replace("\(home)/.lifeos/admin-token", with: Array(RunningLifeOS.token.utf8))
        let session = try Self.session()
            .replacing("http://127.0.0.1:8080", with: lifeos.address)
            .replacing(".build/release/lifeos", with: RunningLifeOS.program)
        #expect(session.contains(lifeos.address))
        let script = try await Program(
            "/bin/sh", ["-eu", "-c", session], environment: RunningLifeOS.environment(home: home)
        ).run()
        #expect(script.exit == .code(0), "\(script.errorText)")
        let answers = script.outputText.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        let versions = answers.map { $0["version"]?.integer ?? 0 }
        // Read, changed, refused, archived, taken back, found, history, the past, reverted.
        #expect(versions == [1, 2, 0, 3, 4, 0, 0, 1, 5])
        try #require(answers.count == 9)
        #expect(answers[2]["code"] == "version_conflict")
        #expect(answers[5]["total"] == 1)
        #expect(answers[6]["items"]?[2]?["reason"] == "She moved to the coast.")
        #expect(answers[7]["data"] == answers[8]["data"])
        for said in ["The log is sound", "All are as the log has them", "Rebuilt entities"] {
            // Some of it is a note, which no pipe is to carry.
            #expect((script.outputText + script.errorText).contains(said), "\(said)")
        }
        _ = try await lifeos.stop()
    }
}
