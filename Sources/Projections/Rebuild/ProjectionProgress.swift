import System

/// How far a rebuild or a check has come.
public struct ProjectionProgress: Sendable, Hashable {
    public enum Phase: String, Sendable, Hashable {
        case reading, indexing, catchingUp = "catching up", exchanging, comparing, done
    }

    public let phase: Phase
    /// Events that have been read in this phase, and how many there are.
    public let eventsDone: Int
    public let eventsTotal: Int
    /// Since the phase began.
    public let elapsed: Duration

    public init(phase: Phase, eventsDone: Int, eventsTotal: Int, elapsed: Duration) {
        self.phase = phase
        self.eventsDone = eventsDone
        self.eventsTotal = eventsTotal
        self.elapsed = elapsed
    }

    public var eventsPerSecond: Double { elapsed > .zero ? Double(eventsDone) / elapsed.inSeconds : 0 }

    /// How long this phase will take from now on; nil where nothing is known yet.
    public var left: Duration? {
        guard eventsDone > 0, eventsTotal > 0 else { return nil }
        return .seconds(elapsed.inSeconds * Double(max(0, eventsTotal - eventsDone)) / Double(eventsDone))
    }
}

/// Counts events from several threads and tells of it now and then.
final class ProgressCounter: Sendable {
    /// Between two reports.
    private static let interval: Duration = .milliseconds(100)

    private struct State {
        var phase = ProjectionProgress.Phase.reading
        var done = 0
        var total = 0
        var start = ContinuousClock.now
        var told = ContinuousClock.now
    }

    private let state = Lock(State())
    private let report: @Sendable (ProjectionProgress) -> Void

    init(_ report: @escaping @Sendable (ProjectionProgress) -> Void) { self.report = report }

    func begin(_ phase: ProjectionProgress.Phase, total: Int = 0) {
        let progress = state.withLock { state in
            state = State(phase: phase, total: total)
            return Self.progress(state)
        }
        report(progress)
    }

    func add(_ events: Int) {
        let progress = state.withLock { state -> ProjectionProgress? in
            state.done += events
            // The last piece is always told, so that nobody is left with less than all.
            let isAll = state.total > 0 && state.done >= state.total
            guard isAll || ContinuousClock.now - state.told >= Self.interval else { return nil }
            state.told = .now
            return Self.progress(state)
        }
        if let progress { report(progress) }
    }

    private static func progress(_ state: State) -> ProjectionProgress {
        ProjectionProgress(
            phase: state.phase, eventsDone: state.done, eventsTotal: state.total,
            elapsed: ContinuousClock.now - state.start)
    }
}
