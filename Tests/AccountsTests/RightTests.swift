import Accounts
import HTTPClient
import HTTPServer
import Telemetry
import TestSupport
import Testing

/// Who is asking, and whether they may.
@Suite struct RightTests {
    private static let token = "sesame, open the door"

    /// A server whose token may do only so much.
    private static func serve(
        rights: Set<Right> = Right.all, _ body: (String, HTTPClient) async throws -> Void
    ) async throws {
        let token = AdminToken(Self.token, rights: rights)
        let limit = WrongTokenLimit()
        let sessions = Sessions(token: token, isSecure: false, ended: EndedSessions(), limit: limit, record: { _ in })
        var router = Router()
        router.post("/begin") { request in
            guard case .begun(let cookie) = try sessions.begin(with: Self.token, request) else {
                return .empty(.unauthorized)
            }
            return Response(.noContent, headers: ["Set-Cookie": cookie])
        }
        // One that was not put behind authentication by mistake.
        router.post("/forgotten") { request in .text(try request.actor.name) }
        router.group("") { inner in
            inner.use(Authentication(token: token, sessions: sessions, limit: limit))
            inner.get("/entities", info: RouteInfo().needing(.readEntities)) { _ in .text("gold") }
            inner.post("/entities", info: RouteInfo().needing(.writeEntities)) { _ in .text("changed") }
            inner.get("/who") { request in
                let actor = try request.actor
                return .text("\(actor.name) \(actor.session == nil ? "token" : "session")")
            }
        }
        let server = HTTPServer(router: router, metrics: Metrics())
        try server.start()
        let client = try HTTPClient(metrics: Metrics(), logger: .silent)
        try await body("http://\(try #require(server.boundAddress))", client)
        await client.shutdown()
        await server.stop(grace: .zero)
    }

    /// By the token, and by a session that it began.
    private static func ways(_ base: String, _ client: HTTPClient) async throws -> [HTTPClient.Headers] {
        let begun = try await client.send(.init(.post, "\(base)/begin"))
        let cookie = try #require(begun.headers["Set-Cookie"]).prefix { $0 != ";" }
        return [
            ["Authorization": "Bearer \(token)"], ["Cookie": String(cookie), "Sec-Fetch-Site": "same-origin"],
        ]
    }

    @Test func whoeverLacksTheRightOfARouteIsRefusedAndToldWhich() async throws {
        try await Self.serve(rights: [.readEntities]) { base, client in
            for headers in try await Self.ways(base, client) {
                let read = try await client.send(.init(.get, "\(base)/entities", headers: headers))
                #expect(read.text == "gold")
                let write = try await client.send(.init(.post, "\(base)/entities", headers: headers))
                #expect(write.status == 403)
                #expect(write.text.contains("missing_right") && write.text.contains("entities:write"), "\(write.text)")
            }
        }
    }

    @Test func aRouteFindsWhoIsAskingAndByWhat() async throws {
        try await Self.serve { base, client in
            var found: [String] = []
            for headers in try await Self.ways(base, client) {
                found.append(try await client.send(.init(.get, "\(base)/who", headers: headers)).text)
                let write = try await client.send(.init(.post, "\(base)/entities", headers: headers))
                #expect(write.text == "changed")
            }
            #expect(found == ["admin token", "admin session"])
        }
    }

    @Test func whereNobodyWasAskedForNobodyCanAct() async throws {
        try await Self.serve { base, client in
            let headers: HTTPClient.Headers = ["Authorization": "Bearer \(Self.token)"]
            let answer = try await client.send(.init(.post, "\(base)/forgotten", headers: headers))
            #expect(answer.status == 401)
        }
    }
}
