import HTTPClient
import HTTPServer
import System
import TestSupport
import Testing

@testable import Accounts

@Suite struct WrongTokenLimitTests {
    private let start = Timestamp(microsecondsSinceEpoch: 1_790_000_000_000_000)

    private func address(_ number: Int) throws -> RemoteAddress {
        try #require(RemoteAddress("10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"))
    }

    @Test func aFewWrongTokensCostNothingAndFurtherOnesEverMore() throws {
        var tokens = WrongTokens(.init())
        var now = start
        var waits: [Duration?] = []
        for _ in 0..<13 {
            let wait = tokens.add(from: try address(1), at: now)
            waits.append(wait)
            now = now + (wait ?? .zero)
        }
        let seconds = waits.map { $0.map(\.components.seconds) ?? 0 }
        #expect(seconds == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60])
        // What comes while it has to wait is told how long is left, and makes it no longer.
        #expect(tokens.add(from: try address(1), at: now) == .seconds(60))
        #expect(tokens.add(from: try address(1), at: now + .seconds(20)) == .seconds(40))
        #expect(tokens.add(from: try address(2), at: now) == nil, "another address")
        #expect(
            tokens.add(from: try address(1), at: now + .seconds(960)) == nil, "forgotten after a quarter of an hour")
    }

    @Test func anIPv6NetworkIsOneAddress() throws {
        var tokens = WrongTokens(.init())
        let waits = try (1...6).map { tokens.add(from: try #require(RemoteAddress("fd00:0:0:1::\($0)")), at: start) }
        #expect(waits.last == .seconds(1))
        #expect(tokens.addresses == 1)
        #expect(tokens.add(from: try #require(RemoteAddress("fd00:0:0:2::1")), at: start) == nil)
    }

    @Test func noFloodOfAddressesFillsTheMemoryOrFreesTheGuesser() throws {
        var tokens = WrongTokens(.init())
        for number in 0..<20_000 {
            let now = start + .milliseconds(number)
            _ = tokens.add(from: try address(number), at: now)
            // Whoever keeps guessing stays known.
            _ = tokens.add(from: try address(1 << 20), at: now)
            #expect(tokens.addresses <= 4_096)
        }
        #expect(tokens.add(from: try address(1 << 20), at: start + .seconds(20)) != nil)
    }

    /// 80 wrong tokens used to be refused within a fiftieth of a second, each as readily as the first.
    @Test func guessersAreToldToWaitWhileTheRightTokenIsTaken() async throws {
        let clock = ScriptedWallClock()
        try await SignInTests.serve(clock: clock) { base, client in
            func answer(_ token: String) async throws -> HTTPClient.Response {
                try await client.send(.init(.get, "\(base)/secret", headers: ["Authorization": "Bearer \(token)"]))
            }
            func signIn(_ token: String) async throws -> HTTPClient.Response {
                try await client.send(.init(.post, "\(base)/begin", body: .bytes(Array(token.utf8))))
            }
            var statuses: [Int] = []
            for number in 0..<40 {
                statuses.append(try await answer("guess \(number)").status)
                statuses.append(try await signIn("guess \(number)").status)
            }
            #expect(statuses == Array(repeating: 401, count: 5) + Array(repeating: 429, count: 75))
            #expect(try await answer("guess").headers["Retry-After"] == "1")
            #expect(try await answer(SignInTests.token).text == "gold")
            #expect(try await signIn(SignInTests.token).status == 204)
            clock.advance(by: .seconds(1))
            #expect(try await answer("guess").headers["Retry-After"] == "2")
            #expect(try await answer("guess").text.contains("too_many_requests"))
            clock.advance(by: .seconds(901))
            #expect(try await answer("guess").status == 401)
        }
    }
}
