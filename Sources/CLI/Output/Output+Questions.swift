internal import System

extension Output {
    /// A person who answers neither yes nor no is asked this often.
    private static let questionsMax = 3

    /// Asks a person at the terminal, and returns only if the answer is yes or `--yes` was given.
    ///
    /// - Parameter question: what will happen, as a question: `Delete 12 backups?`
    /// - Throws: a ``Failure`` when the answer is no, or when there is nobody to ask.
    public func confirm(_ question: String) async throws {
        if agreesToAll { return }
        guard !isJSON, terminal.isInteractive(.input), errorsAreTerminal else {
            throw Failure(
                "This needs confirmation, and there is no terminal to ask: \(question)",
                advice: "Pass --yes to confirm.",
                code: .declined, exitCode: .usage)
        }
        for _ in 0..<Self.questionsMax {
            writeError("\(errorStyle.bold(DisplayText.clean(question))) [y/N] ")
            let answer = try await readLine()?.lowercased()
            if answer == "y" || answer == "yes" { return }
            if answer == nil { writeError("\n") }
            if ["n", "no", "", nil].contains(answer) { break }
            writeError("Please answer yes or no.\n")
        }
        throw Failure("Nothing was changed.", code: .declined)
    }

    /// Waits for a line on its own thread, so that Ctrl-C is heard meanwhile. The thread of a cancelled wait stays
    /// until the line comes or the program ends.
    private func readLine() async throws(CancellationError) -> String? {
        let answer = Answer()
        let line = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.wait(continuation)
                Thread.detach(name: "question") { [terminal] in answer.give(terminal.readLine()) }
            }
        } onCancel: {
            answer.give(nil)
        }
        if Task.isCancelled { throw CancellationError() }
        return line
    }
}

/// A line that comes once, or never.
private final class Answer: Sendable {
    private enum State {
        case new
        case waiting(CheckedContinuation<String?, Never>)
        case given(String?)
    }

    private let state = Lock(State.new)

    func wait(_ continuation: CheckedContinuation<String?, Never>) {
        let given = state.withLock { state -> String?? in
            if case .given(let line) = state { return .some(line) }
            state = .waiting(continuation)
            return nil
        }
        if let given { continuation.resume(returning: given) }
    }

    /// The first that gives one is heard.
    func give(_ line: String?) {
        let continuation = state.withLock { state -> CheckedContinuation<String?, Never>? in
            defer { if case .given = state {} else { state = .given(line) } }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume(returning: line)
    }
}
