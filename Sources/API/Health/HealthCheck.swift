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

    /// - Parameter look: finds out, within a second or two by limits of its own: the answer waits for the slowest.
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

    public func run(clock: some Clock<Duration> = ContinuousClock()) async -> Report {
        let start = clock.now
        let finding = await look()
        return Report(name: name, finding: finding, duration: start.duration(to: clock.now))
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
