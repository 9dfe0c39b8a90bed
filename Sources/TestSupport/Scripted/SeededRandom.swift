internal import Glibc

/// Random numbers that can be had again: the same seed gives the same numbers, on every machine.
///
///     var random = SeededRandom.forTest()
///     let length = Int.random(in: 0...100, using: &random)
public struct SeededRandom: RandomNumberGenerator, Sendable {
    public let seed: UInt64
    private var state: UInt64

    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// SplitMix64: an odd step, then two rounds of mixing.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A fresh seed, printed with the place, so that a failure can be had again with `LIFEOS_TEST_SEED=<seed>`.
    public static func forTest(file: String = #fileID, line: Int = #line) -> SeededRandom {
        let seed = askedSeed ?? UInt64.random(in: 0...UInt64.max)
        print("seed of \(file):\(line) is \(seed); LIFEOS_TEST_SEED=\(seed) repeats it")
        return SeededRandom(seed: seed)
    }

    private static let askedSeed: UInt64? = {
        guard let text = unsafe getenv("LIFEOS_TEST_SEED") else { return nil }
        return unsafe UInt64(String(cString: text))
    }()
}
