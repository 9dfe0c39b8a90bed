internal import System

/// How far a piece of work is, how fast it goes and how long it will take. Pure: time comes with each question.
struct ProgressMeter: Sendable {
    let title: String
    let total: Int?
    let unit: String
    private(set) var done = 0
    private let started: Duration
    private var measured: Duration
    private var doneWhenMeasured = 0
    /// Units a second, smoothed; `nil` until something was measured.
    private(set) var rate: Double?

    /// About how far back the rate remembers: long enough to be calm, short enough to follow a change.
    private static let memory: Duration = .seconds(10)

    init(title: String, total: Int?, unit: String, at time: Duration) {
        self.title = title
        self.total = total.map { max(0, $0) }
        self.unit = unit
        started = time
        measured = time
    }

    mutating func advance(by count: Int) { done += count }

    /// Updates the rate from what was done since the last time.
    mutating func measure(at time: Duration) {
        let passed = (time - measured).inSeconds
        guard passed > 0 else { return }
        let fresh = Double(done - doneWhenMeasured) / passed
        let weight = min(1, passed / min(Self.memory, max(time - started, .milliseconds(1))).inSeconds)
        rate = rate.map { $0 + weight * (fresh - $0) } ?? fresh
        measured = time
        doneWhenMeasured = done
    }

    func elapsed(at time: Duration) -> Duration { time - started }

    /// From 0 to 1; `nil` where the end is not known.
    var fraction: Double? {
        guard let total else { return nil }
        return total == 0 ? 1 : min(1, max(0, Double(done) / Double(total)))
    }

    /// Whole seconds that are left at this rate; `nil` where nobody can know.
    var secondsLeft: Int64? {
        guard let total, let rate, rate > 0, done < total else { return nil }
        let seconds = (Double(total - done) / rate).rounded(.up)
        return seconds < 1e9 ? Int64(seconds) : nil
    }

    /// The average over all of it, for the last word.
    func averageRate(at time: Duration) -> Double? {
        let seconds = elapsed(at: time).inSeconds
        return seconds > 0 ? Double(done) / seconds : nil
    }
}

extension ProgressMeter {
    /// `42%`, rounded down, so that 100% means done.
    private var percent: String? { fraction.map { "\(Int($0 * 100))%" } }

    private var count: String {
        let suffix = unit.isEmpty ? "" : " \(unit)"
        guard let total else { return "\(Quantity.grouped(done))\(suffix)" }
        return "\(Quantity.grouped(done)) of \(Quantity.grouped(total))\(suffix)"
    }

    private var left: String? { secondsLeft.map { "\(Quantity.wholeSeconds($0)) left" } }

    private static func shown(_ rate: Double) -> String {
        "\(Quantity.decimal(rate, digits: rate < 10 ? 1 : 0))/s"
    }

    /// One line for a log: `Rebuilding: 42%, 420 of 1,000 events, 100/s, 6 s left`.
    var sentence: String {
        "\(title): " + [percent, count, rate.map(Self.shown), left].compactMap { $0 }.joined(separator: ", ")
    }

    /// The last word: `Rebuilding: 1,000 events in 10 s (100/s)`.
    func conclusion(at time: Duration) -> String {
        let suffix = unit.isEmpty ? "" : " \(unit)"
        let rate = averageRate(at: time).map { " (\(Self.shown($0)))" } ?? ""
        return "\(title): \(Quantity.grouped(done))\(suffix) in \(Quantity.duration(elapsed(at: time)))\(rate)"
    }

    /// A bar for a terminal, never wider than `width`: what matters least is left out first.
    func bar(width: Int, style: Style) -> String {
        // A terminal that is written to its last column may break the line, so that one stays free.
        let room = width - 1
        // As wide whatever the numbers are: a bar that jumps cannot be read.
        let barWidth = min(Self.barWidthMax, max(Self.barWidthMin, width / 4))
        let drawn = fraction.map { [Self.drawn($0, barWidth, style)] } ?? []
        let used = DisplayText.width(title) + (fraction == nil ? 0 : barWidth + 2)
        let words = [percent, count, rate.map(Self.shown), left]
        for kept in [[0, 1, 2, 3], [0, 1, 3], [0, 3], [0]] {
            let facts = kept.compactMap { words[$0] }
            guard used + facts.reduce(0, { $0 + DisplayText.width($1) + 2 }) <= room, !facts.isEmpty else { continue }
            return ([title] + drawn + facts).joined(separator: "  ")
        }
        return DisplayText.truncate("\(title)  \(percent ?? count)", width: room, mark: "")
    }

    private static let barWidthMax = 30
    private static let barWidthMin = 5

    private static func drawn(_ fraction: Double, _ width: Int, _ style: Style) -> String {
        let filled = Int((fraction * Double(width)).rounded(.down))
        let (full, empty) = style.hasUnicode ? ("█", "░") : ("#", "-")
        return style.cyan(String(repeating: full, count: filled))
            + style.dim(String(repeating: empty, count: width - filled))
    }
}
