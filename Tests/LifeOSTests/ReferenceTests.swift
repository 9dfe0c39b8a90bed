import HTTPClient
import JSON
import System
import TestSupport
import Testing

/// What a browser finds without being told an address.
@Suite struct ReferenceTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("reference") }

    @Test func guestsReadWhatTheAPICanDo() async throws {
        let lifeos = try await RunningLifeOS.start(home: folder.path("home"))
        let front = try await lifeos.get("/")
        #expect(front.status == 303 && front.headers["Location"] == "/console")
        #expect(try await lifeos.get("/openapi.json").status == 200)

        let all = try await lifeos.get("/api")
        #expect(all.status == 200 && all.text.contains("/api/characters.create"))
        let some = try await lifeos.get("/api?q=characters+history")
        #expect(some.text.contains("/api/characters.history") && !some.text.contains("/api/characters.create"))
        let one = try await lifeos.get("/api/characters.create")
        #expect(one.status == 200)
        for text in [
            "POST /api/v2/characters", "Idempotency-Key", "entities:write", "idempotency_key_reused",
            "412 Precondition Failed",
        ] {
            #expect(one.text.contains(text), "no \(text)")
        }
        #expect(try await lifeos.get("/console/modules/reference.js").status == 200)
        #expect(try await lifeos.stop() == .code(0))
    }

    @Test func theDescriptionCanBeKeptForThoseWhoAreKnown() async throws {
        let lifeos = try await RunningLifeOS.start(
            home: folder.path("home"), ["LIFEOS_API_DESCRIPTION": "signed-in"])
        for path in ["/openapi.json", "/asyncapi.json", "/api", "/api/characters.create"] {
            #expect(try await lifeos.get(path).status == 401, "\(path)")
            let token: HTTPClient.Headers = ["Authorization": "Bearer \(RunningLifeOS.token)"]
            #expect(try await lifeos.get(path, headers: token).status == 200, "\(path)")
        }
        #expect(try await lifeos.stop() == .code(0))
    }

    @Test func theConsoleLeadsToTheAPIsPages() async throws {
        let lifeos = try await RunningLifeOS.start(home: folder.path("home"))
        let console = try await lifeos.get("/console", headers: ["Authorization": "Bearer \(RunningLifeOS.token)"])
        #expect(console.status == 200 && console.text.contains(#"href="/api""#))
        #expect(try await lifeos.stop() == .code(0))
    }

    @Test func aPageSaysOnceWhatIsWrongWithTheOnlyField() async throws {
        let lifeos = try await RunningLifeOS.start(home: folder.path("home"))
        let words = String(repeating: "x", count: 201)
        let page = try await lifeos.get("/api?q=\(words)", headers: ["Accept": "text/html"])
        #expect(page.status == 400 && page.text.ranges(of: "Use at most 200 characters.").count == 1)
        #expect(try await lifeos.stop() == .code(0))
    }

    @Test func browsersAreShownPagesAndProgramsGetDocuments() async throws {
        let lifeos = try await RunningLifeOS.start(home: folder.path("home"))
        let browser: HTTPClient.Headers = ["Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"]
        for path in ["/nothing-here", "/api/no.such", "/api?dry_run=true"] {
            let page = try await lifeos.get(path, headers: browser)
            let document = try await lifeos.get(path)
            #expect(page.status == document.status && page.status >= 400, "\(path)")
            #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
            #expect(document.headers["Content-Type"] == "application/problem+json")
            for answer in [page, document] {
                let id = answer.headers["X-Request-Id"] ?? "no identifier"
                #expect(answer.text.contains(id), "\(path)")
            }
        }
        #expect(try await lifeos.stop() == .code(0))
    }
}
