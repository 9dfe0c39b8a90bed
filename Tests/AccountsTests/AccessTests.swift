import HTTPClient
import HTTPServer
import System
import Telemetry
import TestSupport
import Testing

@testable import Accounts

/// What is told of sign-ins and refusals.
@Suite struct AccessTests {
    private final class Told: Sendable {
        private let state = Lock<[AccessRecorder.Record]>([])
        var records: [AccessRecorder.Record] { state.withLock { $0 } }
        func add(_ record: AccessRecorder.Record) { state.withLock { $0.append(record) } }
        var one: [Access] { records.compactMap { if case .one(let access) = $0 { access } else { nil } } }
        var counted: Int {
            records.reduce(0) { if case .many(let tally) = $1 { $0 + tally.count } else { $0 } }
        }
    }

    private static func serve(
        _ recorder: AccessRecorder, _ body: (String, HTTPClient) async throws -> Void
    ) async throws {
        let token = AdminToken(SignInTests.token)
        let witness: @Sendable (Access) -> Void = { recorder.witness($0) }
        let limit = WrongTokenLimit()
        let sessions = Sessions(
            token: token, isSecure: false, ended: EndedSessions(), limit: limit, witness: witness,
            record: { witness($0) })
        var router = Router()
        router.post("/begin") { request in
            let text = String(decoding: request.body, as: UTF8.self)
            guard case .begun(let cookie) = try sessions.begin(with: text, request) else {
                return .empty(.unauthorized)
            }
            return Response(headers: ["Set-Cookie": cookie])
        }
        router.group("") { inner in
            inner.use(Authentication(token: token, sessions: sessions, limit: limit, witness: witness))
            inner.get("/secret") { _ in .text("gold") }
            inner.get("/api/v2/admin/secret") { _ in .text("gold") }
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

    @Test func everyWayInAndOutIsToldWithoutTheToken() async throws {
        let (recorder, told) = (AccessRecorder(), Told())
        recorder.start { told.add($0) }
        try await Self.serve(recorder) { base, client in
            func send(_ method: HTTPClient.Method, _ path: String, _ headers: HTTPClient.Headers, _ body: String = "")
                async throws -> HTTPClient.Response
            {
                var request = HTTPClient.Request(method, base + path, headers: headers)
                if method == .post { request.body = .bytes(Array(body.utf8)) }
                return try await client.send(request)
            }
            _ = try await send(.post, "/begin", [:], "a wrong secret")
            let begun = try await send(.post, "/begin", ["User-Agent": "Tester/1"], SignInTests.token)
            let cookie = try #require(begun.headers["Set-Cookie"]).split(separator: ";")[0]
            _ = try await send(.get, "/secret?token=hidden", ["Authorization": "Bearer another secret"])
            _ = try await send(.post, "/secret", [:])
            _ = try await send(.get, "/api/v2/admin/secret", [:])
            // Neither tells anything: a program that does not know yet, and a good token.
            _ = try await send(.get, "/secret", [:])
            _ = try await send(.get, "/secret", ["Authorization": "Bearer \(SignInTests.token)"])
            let session: HTTPClient.Headers = ["Cookie": String(cookie), "Sec-Fetch-Site": "cross-site"]
            _ = try await send(.post, "/secret", session)
            _ = try await send(.post, "/end", ["Cookie": String(cookie), "Sec-Fetch-Site": "same-origin"])
        }
        await recorder.stop()
        #expect(told.counted == 0)
        #expect(
            told.one.map { "\($0.outcome.rawValue) \($0.way.rawValue) \($0.refusal?.rawValue ?? "")" } == [
                "refused console wrong_token", "signed_in console ", "refused bearer wrong_token",
                "refused bearer no_token", "refused bearer no_token", "refused session forged_request",
                "signed_out console ",
            ])
        #expect(told.one[1].session != nil && told.one[1].session == told.one.last?.session)
        #expect(told.one[1].userAgent == "Tester/1")
        #expect(told.one[2].path == "/secret")
        let text = "\(told.records)"
        for secret in ["a wrong secret", "another", SignInTests.token, "hidden"] { #expect(!text.contains(secret)) }
    }

    private static func refusal(_ base: String, _ client: HTTPClient) async throws {
        _ = try await client.send(.init(.get, "\(base)/secret", headers: ["Authorization": "Bearer guess"]))
    }

    @Test func aFloodIsCountedAndItsEndIsTold() async throws {
        let (clock, wall, told) = (ScriptedClock(), ScriptedWallClock(), Told())
        let recorder = AccessRecorder(clock: clock, wallClock: wall)
        recorder.start { told.add($0) }
        try await Self.serve(recorder) { base, client in
            for _ in 0..<50 { try await Self.refusal(base, client) }
            try await eventually("ten are told") { told.one.count == 10 }
            #expect(told.counted == 0)
            // Nobody comes any more; the minute ends.
            try await clock.waitForSleepers(1)
            wall.advance(by: .seconds(60))
            clock.advance(by: .seconds(60))
            try await eventually("the rest is counted") { told.counted == 40 }
            for _ in 0..<15 { try await Self.refusal(base, client) }
            wall.advance(by: .seconds(61))
            // The next one ends the minute too.
            try await Self.refusal(base, client)
            try await eventually("all are told of") { told.one.count + told.counted == 66 }
            #expect(told.one.count == 21)
        }
        await recorder.stop()
        let tally = told.records.compactMap { if case .many(let tally) = $0 { tally } else { nil } }.first
        #expect(tally?.byRefusal == [.wrongToken: 40])
        #expect(tally?.clients == ["127.0.0.1"])
    }

    @Test func whatWasCountedIsToldWhenTheServerStops() async throws {
        let (wall, told) = (ScriptedWallClock(), Told())
        let recorder = AccessRecorder(clock: ScriptedClock(), wallClock: wall)
        recorder.start { told.add($0) }
        try await Self.serve(recorder) { base, client in
            for _ in 0..<12 { try await Self.refusal(base, client) }
        }
        await recorder.stop()
        #expect(told.one.count == 10)
        #expect(told.counted == 2)
    }

    @Test func aLogThatTakesNothingDoesNotHoldUpTheEnd() async throws {
        let (clock, told) = (ScriptedClock(), Told())
        let recorder = AccessRecorder(clock: clock, wallClock: ScriptedWallClock())
        recorder.start { record in
            told.add(record)
            // As a database that is away: until someone gives up.
            try? await clock.sleep(for: .seconds(3_600))
        }
        try await Self.serve(recorder) { base, client in
            for _ in 0..<3 { try await Self.refusal(base, client) }
        }
        let stopping = Task { await recorder.stop() }
        try await clock.waitForSleepers(2)
        clock.advance(by: .seconds(5))
        await stopping.value
        #expect(told.one.count == 1)
    }
}
