import Postgres
import System
import Telemetry
import TestSupport

@testable import EventLog

extension LogFixture {
    /// A started tail with a pool of its own called `tail`, stopped at the end.
    func withTail<Result: Sendable>(
        clock: any Clock<Duration> = ContinuousClock(), starts: Bool = true,
        configure change: (inout LogTailConfiguration) -> Void = { _ in },
        _ body: @Sendable (LogTail) async throws -> Result
    ) async throws -> Result {
        let pool = try await Self.makePool(conninfo, "tail")
        var configuration = LogTailConfiguration()
        configuration.retryDelay = .milliseconds(5)
        change(&configuration)
        let tail = LogTail(
            pool: pool, configuration: configuration, metrics: Metrics(), logger: .silent, clock: clock)
        if starts { try await tail.start() }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(tail)) } catch { result = .failure(error) }
        await tail.stop()
        await pool.close()
        return try result.get()
    }

    /// Appends as another node would that tells nobody.
    func appendSilently(_ count: Int) async throws { try await fill(count) }
}

extension LogTail {
    func subscribe(after position: Int, filter: EventFilter = EventFilter()) -> LogSubscription {
        subscribe(after: ReachedPosition(knownAs: position), filter: filter)
    }
}

/// A subscriber in a task of its own, with everything it got.
struct Reading: Sendable {
    let got = Journal<Event>()
    let task: Task<Void, Never>

    init(_ subscription: LogSubscription) {
        let got = got
        task = Task { for await events in subscription { got.write(events) } }
    }

    var positions: [Int] { got.entries.map(\.position) }

    func wait(untilItHas count: Int) async throws {
        try await eventually(within: .seconds(60), "\(count) events read, of which there are \(got.count)") {
            got.count >= count
        }
    }
}
