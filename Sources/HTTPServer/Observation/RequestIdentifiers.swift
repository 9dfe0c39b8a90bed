internal import Synchronization
public import System

/// Identifiers for requests, traces and spans: random (version 4) to look at, unique within the process, and without a
/// system call or lock, since every request takes one. Not for secrets: they can be guessed from each other.
public final class RequestIdentifiers: IdentifierSource {
    private let seeds: (UInt64, UInt64)
    private let count: Atomic<UInt64>

    public init(generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        var generator = generator
        seeds = (generator.next(), generator.next())
        count = Atomic(generator.next())
    }

    public func next() -> UUID {
        let number = count.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        let high = Self.mix(number ^ seeds.0) & ~0xF000 | 0x4000
        let low = Self.mix(number &+ seeds.1) & (UInt64.max >> 2) | 1 << 63
        return UUID(high: high, low: low)
    }

    /// The finaliser of SplitMix64: each input has its own output.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
