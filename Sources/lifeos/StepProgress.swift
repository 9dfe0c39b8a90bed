import CLI
import System

/// A progress bar that appears once the amount of work is known.
final class StepProgress: Sendable {
    private let output: Output
    private let title: String
    private let unit: String
    private let bar = Lock<Progress?>(nil)

    init(_ title: String, unit: String, on output: Output) {
        self.title = title
        self.unit = unit
        self.output = output
    }

    func reach(_ done: Int, of total: Int) {
        let bar = bar.withLock { bar in
            let shown = bar ?? output.progress(title, total: total, unit: unit)
            bar = shown
            return shown
        }
        bar.reach(done)
    }

    /// Removes the bar, before the command prints its result.
    func end() { bar.withLock { $0 }?.abandon() }
}
