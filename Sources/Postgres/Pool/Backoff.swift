/// Pauses that double from failure to failure, each cut by chance to between half and all of it, so that many who
/// failed together do not come back together.
struct Backoff {
    private var next: Duration
    private let maximum: Duration

    init(from minimum: Duration, to maximum: Duration) {
        next = minimum
        self.maximum = maximum
    }

    mutating func pause(using generator: inout some RandomNumberGenerator) -> Duration {
        defer { next = min(next * 2, maximum) }
        return next * Double.random(in: 0.5...1, using: &generator)
    }
}
