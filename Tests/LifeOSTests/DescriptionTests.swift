import HTTPClient
import System
import TestSupport
import Testing

/// `/openapi.json`, judged by other people's programs. `ops/setup --test` installs them where it can reach PyPI.
@Suite struct DescriptionTests {
    private static let root = Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))
    private static let programs = "\(root)/.build/test-python/bin"
    private static var areInstalled: Bool {
        Files.exists("\(programs)/openapi-spec-validator") && Files.exists("\(programs)/schemathesis")
    }

    private static let checks = [
        "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
        "response_schema_conformance",
    ]

    let folder: TemporaryFolder
    var home: String { folder.path("home") }
    var file: String { folder.path("openapi.json") }

    init() throws { folder = try TemporaryFolder("description") }

    private func start() async throws -> RunningLifeOS {
        let lifeos = try await RunningLifeOS.start(home: home)
        let document = try await lifeos.get(
            "/openapi.json", headers: ["Authorization": "Bearer \(RunningLifeOS.token)"])
        #expect(document.status == 200)
        try Files.replace(file, with: document.body)
        return lifeos
    }

    @Test(.enabled(if: areInstalled, "run ops/setup --test where PyPI can be reached"))
    func itIsOpenAPI() async throws {
        let lifeos = try await start()
        let result = try await Program("\(Self.programs)/openapi-spec-validator", [file]).run()
        #expect(result.exit == .code(0), "\(result.outputText)\(result.errorText)")
        #expect(try await lifeos.stop() == .code(0))
    }

    /// Ten seconds with a few types, or two minutes with everything when tests try hard.
    @Test(.enabled(if: areInstalled, "run ops/setup --test where PyPI can be reached"))
    func aFuzzerFindsNothingThatItDoesNotSay() async throws {
        let lifeos = try await start()
        let seconds = min(120, Effort.rounds(10))
        let some = #"^(/api/v2/(characters|board-games|tags|operations|entities|search|admin)|/health)"#
        let result = try await Program(
            "\(Self.programs)/schemathesis",
            [
                "--config-file", "\(Self.root)/ops/schemathesis.toml", "run", file, "--url", lifeos.address,
                "--header", "Authorization: Bearer \(RunningLifeOS.token)",
                "--checks", Self.checks.joined(separator: ","), "--max-time", "\(seconds)", "--warnings", "off",
                // A stream has no end, and signing out has nothing to do with this.
                "--exclude-path-regex", "/stream/|/console", "--max-examples", "20", "--no-shrink",
                "--continue-on-failure", "--include-path-regex", seconds > 10 ? "." : some,
            ], environment: Program.plainEnvironment.merging(["HOME": home]) { $1 }, workingDirectory: folder.path
        ).run(timeout: .seconds(300))
        #expect(result.exit == .code(0), "\(result.outputText.suffix(8_000))\(result.errorText.suffix(2_000))")
        #expect(try await lifeos.stop() == .code(0))
    }
}
