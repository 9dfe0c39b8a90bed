import HTTPClient
import HTTPServer
import System
import TestSupport
import Testing

@testable import Accounts

/// The cookie used to work on for twelve hours after a sign-out.
@Suite struct SignOutTests {
    private func begin(_ base: String, _ client: HTTPClient) async throws -> String {
        let begun = try await client.send(.init(.post, "\(base)/begin", body: .bytes(Array(SignInTests.token.utf8))))
        return String(try #require(begun.headers["Set-Cookie"]).prefix { $0 != ";" })
    }

    private func opens(_ cookie: String, _ base: String, _ client: HTTPClient) async throws -> Bool {
        try await client.send(.init(.get, "\(base)/secret", headers: ["Cookie": cookie])).status == 200
    }

    private func end(_ cookie: String, _ base: String, _ client: HTTPClient) async throws -> HTTPClient.Response {
        try await client.send(
            .init(.post, "\(base)/end", headers: ["Cookie": cookie, "Sec-Fetch-Site": "same-origin"]))
    }

    @Test func aSignOutEndsThisSessionAndNoOther() async throws {
        let recorded = Recorded()
        try await SignInTests.serve(record: { recorded.add($0) }) { base, client in
            let (first, second) = (try await begin(base, client), try await begin(base, client))
            #expect(first != second)
            let answer = try await end(first, base, client)
            #expect(answer.headers["Set-Cookie"]?.hasPrefix("lifeos_session=; Path=/; Max-Age=0;") == true)
            #expect(try await !opens(first, base, client))
            #expect(try await opens(second, base, client))
            #expect(try await end(first, base, client).status == 401, "it is over")
            #expect(recorded.all.map(\.outcome) == [.signedOut])
            let session = try #require(recorded.all.first?.session)
            #expect(first.contains(session) && !second.contains(session))
        }
    }

    /// A sign-out that other nodes would not hear of is none; whoever asked for it has to know.
    @Test func aSignOutThatCannotBeRecordedIsRefusedAndCanBeRepeated() async throws {
        let isDown = Switch(true)
        try await SignInTests.serve(record: { _ in
            if isDown.isOn { throw Problem.serviceUnavailable(retryAfter: .seconds(1)) }
        }) { base, client in
            let cookie = try await begin(base, client)
            let refused = try await end(cookie, base, client)
            #expect(refused.status == 503)
            #expect(refused.headers["Set-Cookie"] == nil)
            #expect(try await opens(cookie, base, client))
            isDown.isOn = false
            #expect(try await end(cookie, base, client).status == 200)
            #expect(try await !opens(cookie, base, client))
        }
    }

    @Test func whatAnotherNodeSignedOutIsOverHere() async throws {
        let ended = EndedSessions()
        try await SignInTests.serve(ended: ended) { base, client in
            let cookie = try await begin(base, client)
            #expect(try await opens(cookie, base, client))
            let session = try #require(cookie.split(separator: "=").last?.split(separator: ".").first)
            ended.add(String(session), until: SystemWallClock().now() + .seconds(60))
            #expect(try await !opens(cookie, base, client))
        }
    }

    /// A fork has the token of the installation it comes from.
    @Test func aSessionIsWorthNothingInAnotherScope() async throws {
        try await SignInTests.serve { base, client in
            let cookie = try await begin(base, client)
            try await SignInTests.serve(scope: "what-if") { fork, client in
                #expect(try await !opens(cookie, fork, client))
                let renamed = cookie.replacing("lifeos_session=", with: "lifeos_session_what-if=")
                #expect(try await !opens(renamed, fork, client))
                let own = try await begin(fork, client)
                #expect(own.hasPrefix("lifeos_session_what-if="))
                #expect(try await opens("\(cookie); \(own)", fork, client))
            }
        }
    }

    @Test func endedSessionsAreForgottenWhenTheirTimeIsUp() {
        let clock = ScriptedWallClock()
        let ended = EndedSessions(clock: clock)
        for number in 0..<10_000 {
            ended.add("session \(number)", until: clock.now() + .seconds(100))
            clock.advance(by: .seconds(1))
            #expect(ended.contains("session \(number)"))
        }
        #expect(ended.count <= 1_124)
        ended.add("over already", until: clock.now())
        #expect(!ended.contains("over already"))
    }
}

/// What was told, by whichever thread.
private final class Recorded: Sendable {
    private let state = Lock<[Access]>([])
    var all: [Access] { state.withLock { $0 } }
    func add(_ access: Access) { state.withLock { $0.append(access) } }
}

private final class Switch: Sendable {
    private let state: Lock<Bool>
    init(_ isOn: Bool) { state = Lock(isOn) }
    var isOn: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
