import HTTPClient
import JSON
import System
import TestSupport
import Testing

/// Import, export and the sample from the command line, beside a running server.
@Suite struct TransferTests {
    let folder: TemporaryFolder
    private var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("transfer") }

    private func run(_ arguments: String...) async throws -> (code: Exit, lines: [JSONValue], errors: String) {
        let result = try await RunningLifeOS.run(arguments + ["--json"], home: home)
        let lines = result.outputText.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        return (result.exit, lines, result.errorText)
    }

    @Test func theSampleGoesOutAndComesInAgain() async throws {
        let loaded = try await run("sample", "load")
        #expect(loaded.code == .code(0), "\(loaded.errors)")
        let again = try await run("sample", "load")
        #expect(again.code == .code(1))
        #expect(again.errors.contains("use an empty LIFEOS_HOME"))

        let lifeos = try await RunningLifeOS.start(home: home)
        let path = folder.path("out")
        let exported = try await run("export", "json", path)
        #expect(exported.code == .code(0), "\(exported.errors)")
        let count = try #require(exported.lines.last?["files"]?.integer)
        #expect(count > 150)
        let unchanged = try await run("import", path, "--dry-run")
        #expect(unchanged.lines.count == count + 1)
        #expect(unchanged.lines.last?["unchanged"]?.integer == count)

        try Files.replace("\(path)/data/character/ada.json", with: Array(#"{"name": "Ada"}"#.utf8))
        try Files.replace("\(path)/data/character/bo.json", with: Array(#"{"nam": "Bo"}"#.utf8))
        let promised = try await run("import", path, "--dry-run")
        let imported = try await run("import", path)
        #expect(imported.code == .code(1))
        #expect(promised.lines.dropLast() == imported.lines.dropLast())
        #expect(imported.lines.last?["created"] == 1)
        #expect(imported.lines.last?["refused"] == 1)
        let found = try await lifeos.get(
            "/api/v2/characters?filter=name:eq:Ada", headers: ["Authorization": "Bearer \(RunningLifeOS.token)"])
        #expect(try JSONValue(parsing: found.body)["total"] == 1)
        _ = try await lifeos.stop()
    }

    @Test func whatIsAskedWronglyIsUsage() async throws {
        #expect(try await run("export", "json", folder.path("out"), "--as-of", "yesterdy").code == .code(2))
        #expect(try await run("import").code == .code(2))
    }
}
