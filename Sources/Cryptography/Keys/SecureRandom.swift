internal import CCrypto

/// Random bytes fit for keys, tokens and salts.
public enum SecureRandom {
    public static func bytes(_ count: Int) throws(CryptographyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe RAND_bytes(&bytes, Int32(count)) == 1 else { throw .library("random bytes") }
        return bytes
    }

    /// A text that nobody guesses, safe in URLs and headers; 256 bits by default.
    public static func token(byteCount: Int = 32) throws(CryptographyError) -> String {
        TextCoding.base64URL.encode(try bytes(byteCount))
    }
}

/// Comparing secrets in a time that depends on their length alone.
public enum ConstantTime {
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool { areEqual(left.span, right.span) }

    /// For tokens and codes; compares the UTF-8 bytes.
    public static func areEqual(_ left: String, _ right: String) -> Bool {
        areEqual(Array(left.utf8), Array(right.utf8))
    }

    public static func areEqual(_ left: SHA256Digest, _ right: SHA256Digest) -> Bool {
        let (left, right) = (left.words, right.words)
        return (left.0 ^ right.0) | (left.1 ^ right.1) | (left.2 ^ right.2) | (left.3 ^ right.3) == 0
    }

    public static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                guard let left = left.baseAddress, let other = right.baseAddress else { return true }
                return unsafe CRYPTO_memcmp(left, other, right.count) == 0
            }
        }
    }
}
