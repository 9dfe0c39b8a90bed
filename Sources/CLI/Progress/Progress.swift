internal import JSON
internal import System

/// Shows how far a piece of work is: a bar on a terminal, a line now and then in a pipe, JSON events with `--json`.
/// Any thread may report, as often as it likes.
public final class Progress: Sendable {
    /// How often something may be shown.
    enum Limits {
        /// A bar is drawn at most ten times a second.
        static let drawInterval: Duration = .milliseconds(100)
        /// A pipe gets a line at most this often.
        static let lineInterval: Duration = .seconds(5)
        /// A machine gets an event at most this often.
        static let eventInterval: Duration = .seconds(1)
    }

    private struct State {
        var meter: ProgressMeter
        var shown: Duration
        var isFinished = false
    }

    private let output: Output
    private let state: Lock<State>
    private let isBar: Bool

    init(_ title: String, total: Int?, unit: String, on output: Output) {
        self.output = output
        let now = output.elapsed()
        let meter = ProgressMeter(title: DisplayText.clean(title), total: total, unit: unit, at: now)
        state = Lock(State(meter: meter, shown: now))
        isBar = !output.isJSON && output.canDrawBars
        if isBar { output.setBar(meter.bar(width: output.barWidth, style: output.errorStyle)) }
    }

    private var interval: Duration {
        output.isJSON ? Limits.eventInterval : isBar ? Limits.drawInterval : Limits.lineInterval
    }

    /// Reports that so many more are done.
    public func advance(by count: Int = 1) { update { $0.advance(by: count) } }

    /// Reports how many are done in all.
    public func reach(_ count: Int) { update { $0.advance(by: count - $0.done) } }

    private func update(_ change: (inout ProgressMeter) -> Void) {
        let now = output.elapsed()
        state.withLock { state in
            change(&state.meter)
            guard !state.isFinished, now - state.shown >= interval else { return }
            state.shown = now
            state.meter.measure(at: now)
            show(state.meter)
        }
    }

    private func show(_ meter: ProgressMeter) {
        if output.isJSON {
            writeEvent(meter, rate: meter.rate, isFinished: false)
        } else if isBar {
            output.setBar(meter.bar(width: output.barWidth, style: output.errorStyle))
        } else {
            output.writeError(meter.sentence + "\n")
        }
    }

    /// Says that the work is done, and in what time. What comes later is not shown.
    public func finish() {
        let now = output.elapsed()
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            if output.isJSON {
                writeEvent(state.meter, rate: state.meter.averageRate(at: now), isFinished: true)
                return
            }
            if isBar { output.setBar(nil) }
            output.writeError(state.meter.conclusion(at: now) + "\n")
        }
    }

    /// Takes the bar away without a word, as when the work failed. Nothing after ``finish()``.
    public func abandon() {
        state.withLock { state in
            if !state.isFinished, isBar { output.setBar(nil) }
            state.isFinished = true
        }
    }

    private func writeEvent(_ meter: ProgressMeter, rate: Double?, isFinished: Bool) {
        output.writeJSON(to: .errors) {
            $0.object {
                $0.field("progress") {
                    $0.object {
                        $0.field("title", meter.title)
                        $0.field("done", meter.done)
                        if let total = meter.total { $0.field("total", total) }
                        if let rate = rate.flatMap(JSONNumber.init) { $0.field("rate_per_second", rate) }
                        if let left = meter.secondsLeft { $0.field("remaining_seconds", Int(left)) }
                        $0.field("finished", isFinished)
                    }
                }
            }
        }
    }
}

extension Output {
    /// Begins to show how far a piece of work is, until ``Progress/finish()``.
    ///
    /// - Parameters:
    ///   - total: how many there are; `nil` if unknown, and then there is neither bar nor time left.
    ///   - unit: what is counted, such as `events`.
    public func progress(_ title: String, total: Int?, unit: String = "") -> Progress {
        Progress(title, total: total, unit: unit, on: self)
    }

    /// Shows how far the work is while it is done, and takes the bar away when it fails.
    public func progress<Result>(
        _ title: String, total: Int?, unit: String = "", _ work: (Progress) async throws -> Result
    ) async throws -> Result {
        let progress = progress(title, total: total, unit: unit)
        defer { progress.abandon() }
        let result = try await work(progress)
        progress.finish()
        return result
    }

    /// A dumb terminal cannot go back to the beginning of a line.
    var canDrawBars: Bool { errorsAreTerminal && !isDumb }

    var barWidth: Int { terminal.columns ?? 80 }
}
