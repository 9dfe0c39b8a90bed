import HTTPClient
import JSON
import System
import TestSupport
import Testing

/// Forks from the command line, beside a running server.
@Suite struct ForkTests {
    let folder: TemporaryFolder
    private var home: String { folder.path("home") }
    private static let authorization: HTTPClient.Headers = ["Authorization": "Bearer \(RunningLifeOS.token)"]

    init() throws { folder = try TemporaryFolder("forks") }

    private func run(_ arguments: String...) async throws -> (code: Exit, lines: [JSONValue], errors: String) {
        let result = try await RunningLifeOS.run(arguments + ["--json"], home: home)
        let lines = result.outputText.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        return (result.exit, lines, result.errorText)
    }

    private func json(_ lifeos: RunningLifeOS, _ path: String) async throws -> JSONValue {
        let answer = try await lifeos.get(path, headers: Self.authorization)
        #expect(answer.status == 200, "\(path)")
        return try JSONValue(parsing: answer.body)
    }

    private func hashes(_ lifeos: RunningLifeOS, upTo position: Int) async throws -> [String] {
        let page = try await json(lifeos, "/api/v2/admin/events?after=0&limit=\(position)")
        return try #require(page["items"]?.array).compactMap { $0["hash"]?.string }
    }

    @Test func aForkGoesItsOwnWayBesideItsSource() async throws {
        #expect(try await run("sample", "load").code == .code(0))
        let source = try await RunningLifeOS.start(home: home)
        let made = try await run("replay", "fork", "100", "--name", "what-if", "--reason", "to try it")
        #expect(made.code == .code(0), "\(made.errors)")
        #expect(made.lines.last?["database"] == "lifeos_fork_what_if")
        let listed = try await run("replay", "forks")
        #expect(listed.lines.count == 1)
        #expect(listed.lines.first?["state"] == "whole")
        #expect(listed.lines.first?["reason"] == "to try it")

        // LIFEOS_LISTEN names where the source answers; the fork must not try to take that port.
        let listen = String(source.address.dropFirst("http://".count))
        let fork = try await RunningLifeOS.start(
            home: home, ["LIFEOS_LISTEN": listen], arguments: ["--fork", "what-if"])
        #expect(fork.address != source.address)
        try await expectMarks(of: fork)

        // What is done in one is not done in the other.
        let created = try await fork.client.send(
            .init(
                .post, fork.address + "/api/v2/characters",
                headers: ["Authorization": "Bearer \(RunningLifeOS.token)", "Content-Type": "application/json"],
                body: .bytes(Array(#"{"name": "Only here"}"#.utf8))))
        #expect(created.status == 201)
        #expect(created.headers["Life-OS-Fork"] == "what-if; position=100")
        // Those who came without a token stand before it.
        #expect(try JSONValue(parsing: created.body)["position"]?.integer ?? 0 > 100)
        #expect(try await hashes(fork, upTo: 100) == hashes(source, upTo: 100))
        let query = "/api/v2/characters?filter=name:eq:Only%20here"
        #expect(try await json(fork, query)["total"] == 1)
        #expect(try await json(source, query)["total"] == 0)
        #expect(try await source.get("/health/live").headers["Life-OS-Fork"] == nil)

        // The source's log tells that there is a fork.
        let operations = try await json(source, "/api/v2/operations?filter=kind:eq:fork")
        #expect(operations["items"]?[0]?["data"]?["status"] == "completed")

        let refused = try await run("replay", "drop-fork", "what-if", "--yes")
        #expect(refused.code == .code(1))
        #expect(refused.errors.contains("in use"))
        _ = try await fork.stop()
        #expect(try await run("replay", "drop-fork", "what-if", "--yes").code == .code(0))
        #expect(try await run("replay", "forks").lines.isEmpty)
        _ = try await source.stop()
    }

    /// Nobody can take it for the installation itself.
    private func expectMarks(of fork: RunningLifeOS) async throws {
        let paths = [
            "/health/live", "/health/ready", "/metrics", "/console/sign-in", "/console/styles/console.css",
            "/nothing/here", "/openapi.json", "/api/v2/characters", "/api/v2/characters", "/api/v2/admin/events",
        ]
        for path in paths {
            for headers in [HTTPClient.Headers(), Self.authorization] {
                let answer = try await fork.get(path, headers: headers)
                #expect(answer.headers["Life-OS-Fork"] == "what-if; position=100", "\(path)")
            }
        }
        let ready = try await json(fork, "/health/ready")
        let check = try #require(ready["checks"]?.array?.first { $0["name"] == "fork" })
        #expect(check["detail"]?.string?.contains("the fork what-if") == true)
        #expect(try await json(fork, "/openapi.json")["info"]?["title"] == "Life-OS (fork what-if of position 100)")
        for path in ["/console/sign-in", "/console"] {
            let page = String(decoding: try await fork.get(path, headers: Self.authorization).body, as: UTF8.self)
            #expect(page.contains("This is the fork what-if"), "\(path)")
        }
    }

    @Test func whatIsAskedWronglyIsSaidSo() async throws {
        #expect(try await run("sample", "load").code == .code(0))
        let cases: [([String], String)] = [
            (["replay", "fork", "100000", "--name", "what-if"], "The log ends at position"),
            (["replay", "fork", "now", "--name", "What If"], "lower-case letters"),
            (["replay", "drop-fork", "what-if", "--yes"], "lifeos replay forks"),
            (["serve", "--fork", "what-if"], "There is no fork called what-if"),
        ]
        for (arguments, complaint) in cases {
            let result = try await RunningLifeOS.run(arguments + ["--json"], home: home)
            #expect(!result.exit.isSuccess, "\(arguments)")
            #expect(result.errorText.contains(complaint), "\(result.errorText)")
        }
        #expect(try await run("replay", "forks").lines.isEmpty)
    }
}
