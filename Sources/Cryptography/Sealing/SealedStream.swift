/// The format of a sealed stream: a header, then chunks, each sealed by itself so that memory stays bounded.
///
///     header   "LOSEAL" · version 1 · 0 · chunk size (4 bytes, big-endian) · salt (32) · key check (16)
///     chunk    ciphertext (the chunk size; the last may be shorter, even empty) · tag (16)
///     nonce    prefix (7) · number of the chunk (4, big-endian) · 1 for the last, 0 for the others
///
/// Key, nonce prefix and key check are derived from the caller's key, the salt, the header's beginning and the context
/// (HKDF-SHA-256), so that no two streams share a key, and every bit of the header counts. The number in the nonce
/// makes a moved or doubled chunk fail, the mark of the last one a missing end. (The construction is known as STREAM:
/// Hoang, Reyhanitabar, Rogaway and Vizár, 2015.) The key check commits to the key, which GCM alone does not, and tells
/// a wrong key from a damaged chunk.
public enum SealedStream {
    /// The size of chunks when nothing else is said.
    public static let chunkBytes = 64 << 10
    /// The largest chunk that is written or read; a reader needs about three times as much memory.
    public static let chunkBytesMax = 16 << 20

    static let headerBytes = 60
    static let chunksMax = UInt32.max

    /// Seals what is in memory already.
    public static func seal(
        _ message: [UInt8], with key: SymmetricKey, context: String = "", chunkBytes: Int = chunkBytes
    ) throws(CryptographyError) -> [UInt8] {
        var writer = try SealedStreamWriter(key: key, context: context, chunkBytes: chunkBytes)
        return try writer.write(message.span) + writer.finish()
    }

    /// Opens what is in memory already; gives nothing unless all of it is genuine.
    public static func open(
        _ sealed: [UInt8], with key: SymmetricKey, context: String = ""
    ) throws(CryptographyError) -> [UInt8] {
        var reader = SealedStreamReader(key: key, context: context)
        return try reader.read(sealed.span) + reader.finish()
    }
}

/// The header and what is derived from it.
struct SealedStreamHeader {
    static let beginning = Array("LOSEAL".utf8) + [1, 0]
    private static let saltBytes = 32
    private static let checkBytes = 16
    private static let prefixBytes = 7

    let bytes: [UInt8]
    let chunkBytes: Int
    let key: SymmetricKey
    private let noncePrefix: [UInt8]

    /// A new stream's, with a salt that is used for nothing else.
    init(key: SymmetricKey, context: String, chunkBytes: Int, salt: [UInt8]) throws(CryptographyError) {
        let size = (0..<4).map { UInt8(truncatingIfNeeded: chunkBytes >> (24 - 8 * $0)) }
        let derived = try Self.derive(key, Self.beginning + size, salt, context)
        bytes = Self.beginning + size + salt + derived.check
        (self.key, noncePrefix, self.chunkBytes) = (derived.key, derived.prefix, chunkBytes)
    }

    static func random(key: SymmetricKey, context: String, chunkBytes: Int) throws(CryptographyError) -> Self {
        let salt = try SecureRandom.bytes(saltBytes)
        return try SealedStreamHeader(key: key, context: context, chunkBytes: chunkBytes, salt: salt)
    }

    /// Reads a header of exactly ``SealedStream/headerBytes`` bytes.
    init(reading bytes: [UInt8], key: SymmetricKey, context: String) throws(CryptographyError) {
        guard bytes.starts(with: Self.beginning.prefix(6)) else {
            throw CryptographyError(.malformed, "this is not a sealed stream; check that it is the right file")
        }
        guard bytes.starts(with: Self.beginning) else {
            throw CryptographyError(
                .malformed, "the sealed stream has the unknown version \(bytes[6]); use a newer program")
        }
        let size = bytes[8..<12].reduce(0) { $0 << 8 | Int($1) }
        let derived = try Self.derive(key, Array(bytes[..<12]), Array(bytes[12..<44]), context)
        guard ConstantTime.areEqual(derived.check, Array(bytes[44...])), 1...SealedStream.chunkBytesMax ~= size else {
            throw CryptographyError(
                .wrongKey, "the key or the context is not the one this was sealed with, or its beginning was changed")
        }
        (self.bytes, chunkBytes) = (bytes, size)
        (self.key, noncePrefix) = (derived.key, derived.prefix)
    }

    func nonce(_ number: UInt32, isLast: Bool) -> [UInt8] {
        let counter = (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
        return noncePrefix + counter + [isLast ? 1 : 0]
    }

    private static func derive(
        _ key: SymmetricKey, _ beginning: [UInt8], _ salt: [UInt8], _ context: String
    ) throws(CryptographyError) -> (key: SymmetricKey, prefix: [UInt8], check: [UInt8]) {
        var bytes = try HKDF.bytes(
            from: key, salt: salt, info: Array("lifeos sealed stream".utf8) + beginning + Array(context.utf8),
            count: GCMCipher.keyBytes + prefixBytes + checkBytes)
        defer { Wipe.now(&bytes) }
        let streamKey = SymmetricKey(copying: bytes.span.extracting(..<GCMCipher.keyBytes))
        let rest = bytes[GCMCipher.keyBytes...]
        return (streamKey, Array(rest.prefix(prefixBytes)), Array(rest.suffix(checkBytes)))
    }
}
