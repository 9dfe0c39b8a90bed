import API
import HTTPServer
import Projections
import Synchronization
import System

/// Stands in front of the routes of a node until what they need is there, and again where another version has taken over the
/// tables.
final class TableGate: Sendable {
    /// What a route needs.
    enum Need: Sendable {
        /// The log, followed.
        case log
        /// The tables as well.
        case tables
    }

    /// What a node does before it answers everything.
    enum Step: Sendable, Hashable {
        case migrating, following, waiting, indexing
        case building(ProjectionProgress)
    }

    /// What goes on beside while everything is answered.
    enum Beside: Sendable, Hashable {
        case begun
        case working(Step)
        /// It is tried again.
        case failed
    }

    struct State: Sendable {
        /// Nil once everything is open.
        var opening: Step? = .migrating
        var isLogFollowed = false
        var isSuperseded = false
        var beside: Beside?
    }

    private let current = Lock(State())
    /// What is asked for every request: 0 where nothing is open, 1 where the log is, 2 where all is.
    private let openness = Atomic<Int>(0)

    var state: State { current.withLock { $0 } }

    func change(_ body: (inout State) -> Void) {
        current.withLock { state in
            body(&state)
            let isOpen = state.opening == nil && !state.isSuperseded
            openness.store(isOpen ? 2 : state.isLogFollowed ? 1 : 0, ordering: .releasing)
        }
    }

    func isOpen(for need: Need) -> Bool { openness.load(ordering: .acquiring) >= (need == .log ? 1 : 2) }

    var problem: Problem {
        let state = state
        if state.isSuperseded { return GateProblems.superseded() }
        let estimate = OpeningEstimate(state.opening ?? .following)
        return GateProblems.opening(estimate.sentence, retryAfter: estimate.retryAfter)
    }
}

/// Lets requests through whose route has what it needs.
struct GateKeeper: Middleware {
    let gate: TableGate
    let need: TableGate.Need

    func before(_ request: inout Request) throws -> Response? {
        if gate.isOpen(for: need) { return nil }
        throw gate.problem
    }
}
