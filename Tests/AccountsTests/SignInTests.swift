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

    static func serve(
        clock: any WallClock = SystemWallClock(), scope: String? = nil, ended: EndedSessions? = nil,
        record: @escaping @Sendable (Access) async throws -> Void = { _ in },
        _ body: (String, HTTPClient) async throws -> Void
    ) async throws {
        let token = AdminToken(Self.token)
        let limit = WrongTokenLimit(clock: clock)
        let sessions = Sessions(
            token: token, scope: scope, isSecure: false, clock: clock, ended: ended ?? EndedSessions(clock: clock),
            limit: limit, record: record)
        var router = Router()
        router.post("/begin") { request in
            let text = String(decoding: request.body, as: UTF8.self)
            switch try sessions.begin(with: text, request) {
            case .begun(let cookie): return Response(.noContent, headers: ["Set-Cookie": cookie])
            case .refused(nil): throw Problem.unauthorized()
            case .refused(let wait?): throw Problem.tooManyRequests(retryAfter: wait)
            }
        }
        router.group("") { inner in
            inner.use(Authentication(token: token, sessions: sessions, limit: limit))
            inner.get("/secret") { _ in .text("gold") }
            inner.post("/secret") { _ in .text("changed") }
            inner.post("/end") { request async throws in
                Response(headers: ["Set-Cookie": try await sessions.end(request)])
            }
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
        try await Self.serve(clock: ScriptedWallClock(start)) { base, client in
            let begun = try await client.send(.init(.post, "\(base)/begin", body: .bytes(Array(Self.token.utf8))))
            let header = try #require(begun.headers["Set-Cookie"])
            #expect(header.contains("HttpOnly") && header.contains("SameSite=Strict"))
            cookie = String(header.prefix { $0 != ";" })
            let opened = try await client.send(.init(.get, "\(base)/secret", headers: ["Cookie": "a=b; \(cookie)"]))
            #expect(opened.text == "gold")
            for forged in [
                cookie + "x", cookie.replacing(".1", with: ".2"), cookie.replacing("=", with: "=x"),
                cookie.split(separator: ".").dropFirst().joined(separator: "."), "lifeos_session=",
                "lifeos_session=1.2", "lifeos_session=1.2.3",
            ] {
                let refused = try await client.send(.init(.get, "\(base)/secret", headers: ["Cookie": forged]))
                #expect(refused.status == 401, "\(forged)")
            }
        }
        try await Self.serve(clock: ScriptedWallClock(start + .seconds(12 * 3_600 + 1))) { base, client in
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
