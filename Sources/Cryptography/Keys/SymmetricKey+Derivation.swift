internal import CCrypto

extension SymmetricKey {
    /// A key for one purpose out of this one (HKDF with SHA-256, RFC 5869).
    ///
    /// - Parameters:
    ///   - purpose: what the key is for; another purpose gives an unrelated key.
    ///   - salt: need not be secret; random bytes stored beside the data, or empty.
    ///   - byteCount: 32 by default, 8,160 at most.
    public func derived(
        for purpose: String, salt: [UInt8] = [], byteCount: Int = 32
    ) throws(CryptographyError) -> SymmetricKey {
        var bytes = try HKDF.bytes(from: self, salt: salt, info: Array(purpose.utf8), count: byteCount)
        defer { Wipe.now(&bytes) }
        return SymmetricKey(bytes)
    }
}

enum HKDF {
    static func bytes(
        from key: SymmetricKey, salt: [UInt8], info: [UInt8], count: Int
    ) throws(CryptographyError) -> [UInt8] {
        precondition(1...255 * 32 ~= count, "HKDF gives 1 to 8,160 bytes")
        var output = [UInt8](repeating: 0, count: count)
        // Empty arrays still need an address: libcrypto takes nil for a mistake.
        let (saltBytes, infoBytes) = (salt.isEmpty ? [0] : salt, info.isEmpty ? [0] : info)
        let worked = key.withBytes { key in
            unsafe key.withUnsafeBufferPointer { key in
                unsafe lifeos_hkdf(
                    HashAlgorithm.sha256.pointer, key.baseAddress, Int32(key.count), saltBytes, Int32(salt.count),
                    infoBytes, Int32(info.count), &output, count)
            }
        }
        guard worked == 1 else { throw .library("HKDF") }
        return output
    }
}
