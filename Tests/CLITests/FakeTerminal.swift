import CLI
import Glibc
import System

/// The other side of a program: takes what it writes, and answers its questions.
final class FakeTerminal: Terminal {
    private struct State {
        var output = ""
        var errors = ""
        var answers: [String]
    }

    private let state: Lock<State>
    private let interactive: Set<StandardStream>
    /// Writing output beyond this many bytes fails with `lossCode`.
    private let outputBytesMax: Int
    private let lossCode: Int32
    let columns: Int?

    /// - Parameter lossCode: the `errno`; default that of a pipe whose reader has gone.
    init(
        interactive: Set<StandardStream> = [], columns: Int? = nil, answers: [String] = [], outputBytesMax: Int = .max,
        lossCode: Int32 = EPIPE
    ) {
        self.lossCode = lossCode
        state = Lock(State(answers: answers))
        self.interactive = interactive
        self.columns = columns
        self.outputBytesMax = outputBytesMax
    }

    static func pipe() -> FakeTerminal { FakeTerminal() }

    static func person(columns: Int = 80, answers: [String] = []) -> FakeTerminal {
        FakeTerminal(interactive: [.input, .output, .errors], columns: columns, answers: answers)
    }

    func isInteractive(_ stream: StandardStream) -> Bool { interactive.contains(stream) }

    func write(_ text: String, to stream: StandardStream) throws(SystemError) {
        let isLost = state.withLock { state in
            if stream == .errors {
                state.errors += text
                return false
            }
            guard state.output.utf8.count + text.utf8.count <= outputBytesMax else { return true }
            state.output += text
            return false
        }
        if isLost { throw SystemError(code: lossCode, operation: "write", subject: "standard output") }
    }

    func readLine() -> String? {
        state.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() }
    }

    var output: String { state.withLock { $0.output } }
    var errors: String { state.withLock { $0.errors } }

    /// What was written to standard error since the last time.
    func takeErrors() -> String {
        state.withLock { state in
            defer { state.errors = "" }
            return state.errors
        }
    }
}

/// A clock that stands still until a test moves it.
final class ScriptedClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [(deadline: Instant, wake: AsyncStream<Void>.Continuation)] = []
    }

    private let state = Lock(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .zero }
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    func advance(by duration: Duration) {
        state.withLock { state in
            state.now = state.now.advanced(by: duration)
            for sleeper in state.sleepers where sleeper.deadline <= state.now { sleeper.wake.finish() }
            state.sleepers.removeAll { $0.deadline <= state.now }
        }
    }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let (wakes, wake) = AsyncStream<Void>.makeStream()
        state.withLock { state in
            if deadline <= state.now { wake.finish() } else { state.sleepers.append((deadline, wake)) }
        }
        for await _ in wakes {}
        try Task.checkCancellation()
    }
}
