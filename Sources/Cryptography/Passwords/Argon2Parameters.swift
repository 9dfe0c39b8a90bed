/// What one Argon2id costs. More is safer and slower; all three are stored beside each hash.
public struct Argon2Parameters: Sendable, Hashable {
    public var memoryKibibytes: UInt32
    public var passes: UInt32
    /// How many lanes, and threads, share the memory.
    public var lanes: UInt32

    public init(memoryKibibytes: UInt32, passes: UInt32, lanes: UInt32) {
        self.memoryKibibytes = memoryKibibytes
        self.passes = passes
        self.lanes = lanes
    }

    /// For passwords at login: the first of OWASP's recommendations that does not need 46 MiB.
    public static let passwords = Argon2Parameters(memoryKibibytes: 19 << 10, passes: 2, lanes: 1)

    /// For keys that protect data at rest, where an attacker has all the time: the second recommendation of RFC 9106.
    public static let keys = Argon2Parameters(memoryKibibytes: 64 << 10, passes: 3, lanes: 4)

    /// What is accepted from a stored text, so that a forged one cannot take the machine's memory or time.
    static let memoryKibibytesMax: UInt32 = 256 << 10
    static let passesMax: UInt32 = 16
    static let lanesMax: UInt32 = 8

    /// Argon2 itself wants eight blocks of a KiB for each lane.
    var isAcceptable: Bool {
        1...Self.lanesMax ~= lanes && 1...Self.passesMax ~= passes
            && 8 * lanes...Self.memoryKibibytesMax ~= memoryKibibytes
    }
}
