internal import Configuration
public import JSON
internal import System

/// The output of a command: sentences, tables and progress for people, and the same facts as JSON lines for scripts.
///
/// Results go to standard output; notes, warnings, questions, progress and errors go to standard error, so that a pipe
/// carries results alone. Once standard output cannot be written, the rest is dropped and the command is cancelled;
/// whatever the command makes of that, ``Application/run(_:in:)`` then fails.
public final class Output: Sendable {
    /// Whether `--json` was given.
    public let isJSON: Bool
    let terminal: any Terminal
    let elapsed: @Sendable () -> Duration
    let style: Style
    let errorStyle: Style
    let outputIsTerminal: Bool
    /// Whether standard error is a terminal, so that people read it and a bar may be drawn.
    public let errorsAreTerminal: Bool
    /// Whether lines on standard error may be coloured.
    public var errorsHaveColours: Bool { errorStyle.hasColours }
    /// Whether the terminal only knows how to write on.
    let isDumb: Bool
    private let state = Lock(State())

    private struct State {
        /// The progress bar that is on the terminal's last line.
        var bar: String?
        /// Why standard output could not be written; the first reason stays.
        var loss: SystemError?
        var agreesToAll = false
        var whenLost: (@Sendable () -> Void)?
    }

    init(_ surroundings: Surroundings, isJSON: Bool, colour: GlobalOptions.Colour) {
        self.isJSON = isJSON
        terminal = surroundings.terminal
        elapsed = surroundings.clock.stopwatch()
        let environment = surroundings.environment
        isDumb = environment["TERM"] == "dumb"
        outputIsTerminal = terminal.isInteractive(.output)
        errorsAreTerminal = terminal.isInteractive(.errors)
        style = Style(isTerminal: outputIsTerminal, environment: environment, wish: colour)
        errorStyle = Style(isTerminal: errorsAreTerminal, environment: environment, wish: colour)
    }

    /// How wide tables may be; `nil` in a pipe, where nobody looks at the width.
    var tableWidth: Int? { outputIsTerminal ? terminal.columns ?? 80 : nil }

    /// How wide running text may be: never more than 80, since longer lines are hard to read.
    var textWidth: Int { max(40, min(80, terminal.columns ?? 80)) }

    // Results

    /// Prints a result. With `--json`, prints the fields, and the sentence as `message`.
    public func say(_ sentence: String, _ fields: KeyValuePairs<String, Cell> = [:]) {
        if isJSON {
            writeJSON { $0.object { Self.write(sentence, fields, into: &$0) } }
        } else {
            write(DisplayText.clean(sentence, keepingLines: true) + "\n")
        }
    }

    /// Prints the text as it is, in both modes: for scripts, documents and bytes that others made.
    public func verbatim(_ text: String) { write(text) }

    /// Prints one JSON line; nothing when people look.
    public func json(_ value: some JSONEncodable) {
        if isJSON { writeJSON { $0.write(value) } }
    }

    // Remarks

    /// Prints a remark, for people only.
    public func note(_ sentence: String) {
        if !isJSON { writeError(errorStyle.dim(DisplayText.clean(sentence, keepingLines: true)) + "\n") }
    }

    /// Warns about something that is not as it should be. The command continues.
    public func warn(_ sentence: String, _ fields: KeyValuePairs<String, Cell> = [:]) {
        if isJSON {
            writeJSON(to: .errors) {
                $0.object { $0.field("warning") { $0.object { Self.write(sentence, fields, into: &$0) } } }
            }
        } else {
            writeError("\(errorStyle.yellow("Warning:")) \(DisplayText.clean(sentence, keepingLines: true))\n")
        }
    }

    func fail(_ failure: Failure) {
        if isJSON {
            writeJSON(to: .errors) { $0.object { $0.field("error", failure) } }
            return
        }
        // A person who answers "n" has made a choice, not a mistake.
        if failure.code == .declined, failure.exitCode != .usage { return note(failure.message) }
        let problems = failure.problems.map { "- \(DisplayText.clean($0.description))" }
        let message = DisplayText.clean(failure.message, keepingLines: true)
        let lines = ["\(errorStyle.red("Error:")) \(message)"] + problems
        let advice = failure.advice.map { [DisplayText.clean($0, keepingLines: true)] } ?? []
        writeError((lines + advice).joined(separator: "\n") + "\n")
    }

    private static func write(
        _ sentence: String, _ fields: KeyValuePairs<String, Cell>, into writer: inout JSONWriter
    ) {
        writer.field("message", sentence)
        for (name, cell) in fields { writer.field(name, cell) }
    }
}

// How it reaches the terminal.
extension Output {
    /// Calls `action` once when standard output can no longer be written.
    func whenLost(_ action: @escaping @Sendable () -> Void) {
        let isLost = state.withLock { state in
            state.whenLost = action
            return state.loss != nil
        }
        if isLost { action() }
    }

    /// Why results are missing from standard output; `nil` while all of them got there.
    var loss: SystemError? { state.withLock { $0.loss } }

    /// Takes every question as answered with yes.
    func agreeToAll() { state.withLock { $0.agreesToAll = true } }

    var agreesToAll: Bool { state.withLock { $0.agreesToAll } }

    func writeJSON(to stream: StandardStream = .output, _ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        body(&writer)
        let line = String(decoding: writer.bytes, as: UTF8.self) + "\n"
        if stream == .output { write(line) } else { writeError(line) }
    }

    /// All results go through here, so that none can be lost unnoticed.
    func write(_ text: String) {
        let whenLost = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.loss == nil else { return nil }
            // A bar on the same screen has to make room, and comes back beneath.
            let bar = outputIsTerminal ? state.bar : nil
            if bar != nil { try? terminal.write(Self.clearLine, to: .errors) }
            do throws(SystemError) {
                try terminal.write(text, to: .output)
                if let bar { try? terminal.write(bar, to: .errors) }
                return nil
            } catch {
                state.loss = error
                return state.whenLost
            }
        }
        whenLost?()
    }

    func writeError(_ text: String) {
        state.withLock { state in
            // Nobody is left to be told when this fails.
            try? terminal.write(state.bar.map { Self.clearLine + text + $0 } ?? text, to: .errors)
        }
    }

    /// Writes lines of the log to standard error, above the bar if there is one.
    ///
    /// - Returns: whether all of it was written.
    public func writeLog(_ lines: [UInt8]) -> Bool {
        let text = String(decoding: lines, as: UTF8.self)
        return state.withLock { state in
            do throws(SystemError) {
                try terminal.write(state.bar.map { Self.clearLine + text + $0 } ?? text, to: .errors)
                return true
            } catch {
                return false
            }
        }
    }

    /// Draws the bar again, or takes it away.
    func setBar(_ bar: String?) {
        state.withLock { state in
            if bar == nil, state.bar == nil { return }
            state.bar = bar
            try? terminal.write(Self.clearLine + (bar ?? ""), to: .errors)
        }
    }

    /// Back to the line's beginning, and everything on it gone.
    private static let clearLine = "\r\u{1B}[K"
}

extension Failure: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.object {
            $0.field("code", code.rawValue)
            $0.field("message", message)
            if let advice { $0.field("advice", advice) }
            $0.field("exit_code", Int(exitCode.rawValue))
            guard !problems.isEmpty else { return }
            $0.field("problems") {
                $0.array(of: problems) { writer, problem in
                    writer.object {
                        $0.field("code", problem.code.rawValue)
                        $0.field("name", problem.name)
                        $0.field("message", problem.description)
                    }
                }
            }
        }
    }
}
