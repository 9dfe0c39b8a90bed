import Accounts
import HTTPClient
import HTTPServer
import System
import Telemetry
import TestSupport
import Testing

/// A server with one route that wants a sign-in and one that begins a session.
@Suite struct SignInTests {
    static let token = "sesame, open the door"

    struct ScriptedTime: WallClock {
        let time: Timestamp
        func now() -> Timestamp { time }
    }

    static func serve(
        at time: Timestamp = SystemWallClock().now(), _ body: (String, HTTPClient) async throws -> Void
    ) async throws {
        let token = AdminToken(Self.token)
        let sessions = Sessions(token: token, isSecure: false, clock: ScriptedTime(time: time))
        var router = Router()
        router.post("/begin") { request in
            var response = Response.empty()
            let text = String(decoding: request.body, as: UTF8.self)
            guard let cookie = try sessions.begin(with: text, request) else { throw Problem.unauthorized() }
            response.headers.add("Set-Cookie", cookie)
            return response
        }
        router.group("") { inner in
            inner.use(Authentication(token: token, sessions: sessions))
            inner.get("/secret") { _ in .text("gold") }
            inner.post("/secret") { _ in .text("changed") }
        }
        let server = HTTPServer(router: router, metrics: Metrics())
        try server.start()
        let client = try HTTPClient(metrics: Metrics(), logger: .silent)
        try await body("http://\(try #require(server.boundAddress))", client)
        await client.shutdown()
        await server.stop(grace: .zero)
    }

    @Test(arguments: [
        ("", 401), ("Bearer", 401), ("Bearer wrong", 401), ("Basic sesame, open the door", 401),
        ("bearer \(token)", 200),
        ("Bearer \(token)", 200), ("Bearer \(token) ", 200),
    ])
    func onlyTheTokenOpens(authorization: String, status: Int) async throws {
        try await Self.serve { base, client in
            let headers: HTTPClient.Headers = authorization.isEmpty ? [:] : ["Authorization": authorization]
            let answer = try await client.send(.init(.get, "\(base)/secret", headers: headers))
            #expect(answer.status == status)
        }
    }

    @Test func aBrowserIsSentToTheFormAndAProgramIsRefused() async throws {
        try await Self.serve { base, client in
            let page = try await client.send(.init(.get, "\(base)/secret", headers: ["Accept": "text/html"]))
            #expect(page.status == 303)
            #expect(page.headers["Location"] == "/console/sign-in")
            let api = try await client.send(.init(.get, "\(base)/secret"))
            #expect(api.headers["WWW-Authenticate"] == "Bearer")
        }
    }

    @Test func aSessionOpensUntilItEndsAndOnlyUnchanged() async throws {
        let start = try #require(Timestamp("2026-11-21T06:00:00Z"))
        var cookie = ""
        try await Self.serve(at: start) { base, client in
            let begun = try await client.send(.init(.post, "\(base)/begin", body: .bytes(Array(Self.token.utf8))))
            let header = try #require(begun.headers["Set-Cookie"])
            #expect(header.contains("HttpOnly") && header.contains("SameSite=Strict"))
            cookie = String(header.prefix { $0 != ";" })
            let opened = try await client.send(.init(.get, "\(base)/secret", headers: ["Cookie": "a=b; \(cookie)"]))
            #expect(opened.text == "gold")
            for forged in [cookie + "x", cookie.replacing("=1", with: "=2"), "lifeos_session=", "lifeos_session=1.2"] {
                let refused = try await client.send(.init(.get, "\(base)/secret", headers: ["Cookie": forged]))
                #expect(refused.status == 401, "\(forged)")
            }
        }
        try await Self.serve(at: start + .seconds(12 * 3_600 + 1)) { base, client in
            let late = try await client.send(.init(.get, "\(base)/secret", headers: ["Cookie": cookie]))
            #expect(late.status == 401)
        }
    }

    @Test func whatAnotherSiteSendsWithOurCookieIsRefused() async throws {
        try await Self.serve { base, client in
            let begun = try await client.send(.init(.post, "\(base)/begin", body: .bytes(Array(Self.token.utf8))))
            let cookie = String(try #require(begun.headers["Set-Cookie"]).prefix { $0 != ";" })
            func post(_ headers: HTTPClient.Headers) async throws -> Int {
                var all = headers
                all.add("Cookie", cookie)
                return try await client.send(.init(.post, "\(base)/secret", headers: all)).status
            }
            #expect(try await post([:]) == 403)
            #expect(try await post(["Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"]) == 403)
            #expect(try await post(["Origin": "https://evil.example"]) == 403)
            #expect(try await post(["Origin": base]) == 200)
            #expect(try await post(["Sec-Fetch-Site": "same-origin"]) == 200)
        }
    }
}
