internal import CCrypto

/// Message authentication by a shared key (RFC 2104).
public enum HMAC {
    public static func authenticate(
        _ message: [UInt8], key: SymmetricKey, algorithm: HashAlgorithm = .sha256
    ) throws(CryptographyError) -> [UInt8] {
        try authenticate(message.span, key: key, algorithm: algorithm)
    }

    public static func authenticate(
        _ message: Span<UInt8>, key: SymmetricKey, algorithm: HashAlgorithm = .sha256
    ) throws(CryptographyError) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: algorithm.byteCount)
        let worked = key.withBytes { key in
            unsafe key.withUnsafeBytes { key in
                unsafe message.withUnsafeBytes { message in
                    let bytes = unsafe message.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    return unsafe CCrypto.HMAC(
                        algorithm.pointer, key.baseAddress, Int32(key.count), bytes, message.count, &code, nil) != nil
                }
            }
        }
        guard worked else { throw .library("HMAC with \(algorithm.name)") }
        return code
    }

    /// Whether the code belongs to the message; takes the same time for every wrong one.
    public static func isValid(
        _ code: [UInt8], for message: [UInt8], key: SymmetricKey, algorithm: HashAlgorithm = .sha256
    ) throws(CryptographyError) -> Bool {
        ConstantTime.areEqual(code, try authenticate(message, key: key, algorithm: algorithm))
    }
}
