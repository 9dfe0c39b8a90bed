/// Gives new identifiers. Passed in, so that tests can script them.
public protocol IdentifierSource: Sendable {
    func next() -> UUID
}

/// Version 7 identifiers (RFC 9562): sorted by time, and within one millisecond by a counter, so that the identifiers
/// of one process never go backwards even when its clock does.
public final class TimeOrderedIdentifiers: IdentifierSource {
    private struct Last {
        var milliseconds: UInt64 = 0
        /// The 12 bits of `rand_a`, used as the counter that RFC 9562 calls method 1.
        var counter: UInt64 = 0
        var generator: any RandomNumberGenerator & Sendable
    }

    private let clock: any WallClock
    private let last: Lock<Last>

    public init(
        clock: any WallClock = SystemWallClock(),
        generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.clock = clock
        last = Lock(Last(generator: generator))
    }

    public func next() -> UUID {
        let now = UInt64(max(0, clock.now().microsecondsSinceEpoch) / 1_000)
        return last.withLock { last in
            if now > last.milliseconds {
                last.milliseconds = now
                // Starting in the lower half leaves room to count upwards within the millisecond.
                last.counter = last.generator.next() & 0x7FF
            } else if last.counter == 0xFFF {
                last.milliseconds += 1
                last.counter = 0
            } else {
                last.counter += 1
            }
            let high = last.milliseconds << 16 | 0x7000 | last.counter
            let low = last.generator.next() & (UInt64.max >> 2) | 1 << 63
            return UUID(high: high, low: low)
        }
    }
}
