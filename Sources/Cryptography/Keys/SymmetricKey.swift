internal import CCrypto

/// Secret bytes that wipe themselves when nobody holds them any more, and never print themselves.
///
/// The bytes a key was made from are the caller's: let go of them soon.
@safe public final class SymmetricKey: Sendable, CustomStringConvertible, CustomReflectable {
    public let byteCount: Int
    // Unchecked: written in `init` only, wiped and freed in `deinit`, read by anyone in between.
    private nonisolated(unsafe) let bytes: UnsafeMutablePointer<UInt8>

    public convenience init(_ bytes: [UInt8]) { self.init(copying: bytes.span) }

    public init(copying source: Span<UInt8>) {
        precondition(!source.isEmpty, "a key has at least one byte")
        byteCount = source.count
        unsafe bytes = .allocate(capacity: source.count)
        for index in source.indices { unsafe bytes[index] = source[index] }
    }

    /// A new random key, 256 bits unless told otherwise.
    public static func random(byteCount: Int = 32) throws(CryptographyError) -> SymmetricKey {
        var bytes = try SecureRandom.bytes(byteCount)
        defer { Wipe.now(&bytes) }
        return SymmetricKey(bytes)
    }

    deinit {
        unsafe OPENSSL_cleanse(bytes, byteCount)
        unsafe bytes.deallocate()
    }

    /// Lends the bytes, to store the key or to hand it on. A copy made of them is no longer wiped.
    public func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe Span(_unsafeStart: UnsafePointer(bytes), count: byteCount))
    }

    /// Compares in a time that does not tell where two keys differ.
    public static func == (left: SymmetricKey, right: SymmetricKey) -> Bool {
        left.withBytes { left in right.withBytes { right in ConstantTime.areEqual(left, right) } }
    }

    public var description: String { "[key of \(byteCount * 8) bits]" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SymmetricKey: Equatable {}

/// Overwrites bytes that were secret.
enum Wipe {
    /// Call it while nobody else holds the array: a shared one would be copied first, and only the copy wiped.
    static func now(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}
