import System

/// Something Life-OS depends on, and how to ask whether it works.
public struct HealthCheck: Sendable {
    public enum State: String, Sendable {
        case ok
        /// Works, but someone should look at it.
        case degraded
        /// Requests cannot be answered as they should.
        case failed
    }

    /// What was found. The detail is shown to anyone who can reach the server: no secrets, no internals.
    public struct Finding: Sendable {
        public let state: State
        public let detail: String

        public init(_ state: State, _ detail: String) {
            self.state = state
            self.detail = detail
        }
    }

    /// A short name such as `database`.
    public let name: String
    private let look: @Sendable () async -> Finding

    /// - Parameter look: finds out, within a second or two by limits of its own. What takes longer counts as failed.
    public init(_ name: String, look: @escaping @Sendable () async -> Finding) {
        self.name = name
        self.look = look
    }

    /// What was found and how long that took.
    public struct Report: Sendable {
        public let name: String
        public let finding: Finding
        public let duration: Duration
    }

    /// What hangs must not keep those waiting who ask whether something hangs.
    private static let patience: Duration = .seconds(3)

    public func run(clock: any Clock<Duration> = ContinuousClock()) async -> Report {
        let start = ContinuousClock.now
        let answer = FirstAnswer()
        let looking = Task { answer.give(await look()) }
        let waiting = Task {
            try? await clock.sleep(for: Self.patience)
            answer.give(.init(.failed, "No answer came within \(Self.patience.components.seconds) seconds."))
        }
        let finding = await answer.value
        looking.cancel()
        waiting.cancel()
        return Report(name: name, finding: finding, duration: ContinuousClock.now - start)
    }

    /// Looks at all of them at once; the reports come in the order of the checks.
    public static func run(_ checks: [HealthCheck]) async -> [Report] {
        await withTaskGroup(of: (Int, Report).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, await check.run()) }
            }
            var reports: [(Int, Report)] = []
            for await report in group { reports.append(report) }
            return reports.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

/// Keeps the first finding of several.
private final class FirstAnswer: Sendable {
    private let state = Lock<(finding: HealthCheck.Finding?, waiting: CheckedContinuation<Void, Never>?)>((nil, nil))

    func give(_ finding: HealthCheck.Finding) {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.finding == nil else { return nil }
            state.finding = finding
            return state.waiting
        }
        waiting?.resume()
    }

    var value: HealthCheck.Finding {
        get async {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.finding == nil { state.waiting = continuation }
                    return state.finding != nil
                }
                if isThere { continuation.resume() }
            }
            return state.withLock { $0.finding } ?? .init(.failed, "No answer came.")
        }
    }
}
