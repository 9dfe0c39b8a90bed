import System

/// How fast work goes, and how long it will take. Pure: time comes with each question.
struct Pace: Sendable {
    private var phase: String?
    /// The latest reports, so that a change of speed shows before long.
    private var recent: [(done: Int, time: Duration)] = []

    private static let recentMax = 12

    struct Speed: Sendable, Hashable {
        let stepsPerSecond: Double
        /// Nil if unknown how much there is to do.
        let secondsLeft: Int?
    }

    /// - Parameter phase: what is done in one phase says nothing of the next.
    /// - Returns: nil until something can be told.
    mutating func take(done: Int, total: Int?, phase: String?, at time: Duration) -> Speed? {
        if phase != self.phase || done < (recent.last?.done ?? 0) { recent = [] }
        self.phase = phase
        recent.append((done, time))
        if recent.count > Self.recentMax { recent.removeFirst() }
        let passed = (time - recent[0].time).inSeconds
        let steps = done - recent[0].done
        guard passed > 0, steps > 0 else { return nil }
        let speed = Double(steps) / passed
        let left = total.map { Double(max(0, $0 - done)) / speed }
        return Speed(
            stepsPerSecond: (speed * 10).rounded() / 10,
            secondsLeft: left.flatMap { $0 < 1e9 ? Int($0.rounded(.up)) : nil })
    }
}
