internal import CCrypto

/// SHA-256 over bytes that come in pieces.
///
/// ``finish()`` makes it ready for the next message, so one hasher can serve a whole chain without an allocation:
///
///     var hasher = try SHA256()
///     for event in events { hasher.update(digest); hasher.update(event.bytes); digest = hasher.finish() }
// Unchecked: the context is touched by this value alone, which cannot be copied.
@safe public struct SHA256: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    public init() throws(CryptographyError) {
        guard let context = unsafe EVP_MD_CTX_new() else { throw .library("SHA-256") }
        guard unsafe EVP_DigestInit_ex2(context, HashAlgorithm.sha256.pointer, nil) == 1 else {
            unsafe EVP_MD_CTX_free(context)
            throw .library("SHA-256")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

    public mutating func update(_ bytes: Span<UInt8>) {
        let worked = unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(worked == 1, "SHA-256 has no way to fail once begun")
    }

    /// Adds the 32 bytes of a digest, as the links of a chain do.
    public mutating func update(_ digest: SHA256Digest) {
        let worked = unsafe withUnsafeBytes(of: digest.bigEndianWords) {
            unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
        }
        precondition(worked == 1, "SHA-256 has no way to fail once begun")
    }

    /// The digest of what came since the last one, and a fresh start.
    public mutating func finish() -> SHA256Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let worked = unsafe withUnsafeMutableBytes(of: &words) { buffer in
            let bytes = unsafe buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return unsafe EVP_DigestFinal_ex(context, bytes, nil) == 1 && EVP_DigestInit_ex2(context, nil, nil) == 1
        }
        precondition(worked, "SHA-256 has no way to fail once begun")
        return SHA256Digest(bigEndianWords: words)
    }

    /// The digest of bytes that are all there.
    public static func hash(_ bytes: [UInt8]) -> SHA256Digest { hash(bytes.span) }

    public static func hash(_ bytes: Span<UInt8>) -> SHA256Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let worked = unsafe bytes.withUnsafeBytes { input in
            unsafe withUnsafeMutableBytes(of: &words) { output in
                let digest = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return unsafe EVP_Digest(
                    input.baseAddress, input.count, digest, nil, HashAlgorithm.sha256.pointer, nil)
            }
        }
        precondition(worked == 1, "SHA-256 fails only without memory")
        return SHA256Digest(bigEndianWords: words)
    }

    /// The digest of a text's UTF-8.
    public static func hash(_ text: String) -> SHA256Digest { hash(text.utf8.span) }
}

extension SHA256Digest {
    /// The bytes in order, as memory holds them.
    fileprivate var bigEndianWords: (UInt64, UInt64, UInt64, UInt64) {
        (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
    }

    fileprivate init(bigEndianWords words: (UInt64, UInt64, UInt64, UInt64)) {
        self.init(
            words: (
                UInt64(bigEndian: words.0), UInt64(bigEndian: words.1), UInt64(bigEndian: words.2),
                UInt64(bigEndian: words.3)
            ))
    }
}
