internal import CCrypto

/// AES-256 in Galois/counter mode for one key and one direction. Never use a nonce twice.
// Unchecked: each is held by one call or by one stream, which cannot be copied, and so is used by one task at a time.
@safe final class GCMCipher: @unchecked Sendable {
    enum Direction: Int32 {
        case open = 0
        case seal = 1
    }

    static let keyBytes = 32
    static let nonceBytes = 12
    static let tagBytes = 16

    private let context: OpaquePointer

    init(_ key: SymmetricKey, _ direction: Direction) throws(CryptographyError) {
        precondition(key.byteCount == Self.keyBytes, "AES-256 takes keys of 32 bytes")
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .library("AES-256-GCM") }
        let worked = key.withBytes { key in
            unsafe key.withUnsafeBufferPointer {
                unsafe EVP_CipherInit_ex2(context, EVP_aes_256_gcm(), $0.baseAddress, nil, direction.rawValue, nil)
            }
        }
        guard worked == 1 else {
            unsafe EVP_CIPHER_CTX_free(context)
            throw .library("AES-256-GCM")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    /// Appends the ciphertext and its tag.
    func seal(
        _ plaintext: Span<UInt8>, nonce: [UInt8], authenticating data: [UInt8] = [], into output: inout [UInt8]
    ) throws(CryptographyError) {
        try begin(nonce, data)
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: plaintext.count + Self.tagBytes))
        let worked = unsafe output.withUnsafeMutableBufferPointer { output in
            guard let base = output.baseAddress else { return false }
            let tag = unsafe base + start + plaintext.count
            return unsafe update(plaintext, base + start) && finish(tag)
                && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), tag) == 1
        }
        guard worked else { throw .library("AES-256-GCM") }
    }

    /// Appends the plaintext, or changes nothing and says no when the bytes are not what was sealed.
    func open(
        _ sealed: Span<UInt8>, nonce: [UInt8], authenticating data: [UInt8] = [], into output: inout [UInt8]
    ) throws(CryptographyError) -> Bool {
        guard sealed.count >= Self.tagBytes else { return false }
        try begin(nonce, data)
        let (start, length) = (output.count, sealed.count - Self.tagBytes)
        var tag = (0..<Self.tagBytes).map { sealed[length + $0] }
        guard unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), &tag) == 1 else {
            throw .library("AES-256-GCM")
        }
        // Room for one byte more than needed, so that an empty message has an address too.
        output.append(contentsOf: repeatElement(0, count: length + 1))
        let isGenuine = unsafe output.withUnsafeMutableBufferPointer { output in
            guard let base = output.baseAddress else { return false }
            return unsafe update(sealed.extracting(..<length), base + start) && finish(base + start + length)
        }
        output.removeLast(isGenuine ? 1 : length + 1)
        return isGenuine
    }

    private func begin(_ nonce: [UInt8], _ data: [UInt8]) throws(CryptographyError) {
        precondition(nonce.count == Self.nonceBytes, "AES-GCM takes nonces of 12 bytes")
        var length: Int32 = 0
        // -1 keeps the direction.
        var worked = unsafe EVP_CipherInit_ex2(context, nil, nil, nonce, -1, nil) == 1
        if worked, !data.isEmpty {
            worked = unsafe EVP_CipherUpdate(context, nil, &length, data, Int32(data.count)) == 1
        }
        guard worked else { throw .library("AES-256-GCM") }
    }

    private func update(_ input: Span<UInt8>, _ output: UnsafeMutablePointer<UInt8>) -> Bool {
        if input.isEmpty { return true }
        var length: Int32 = 0
        return unsafe input.withUnsafeBufferPointer {
            unsafe EVP_CipherUpdate(context, output, &length, $0.baseAddress, Int32($0.count)) == 1
        }
    }

    /// Writes no bytes in this mode, but wants an address. When opening, this is where the tag is checked.
    private func finish(_ end: UnsafeMutablePointer<UInt8>) -> Bool {
        var length: Int32 = 0
        return unsafe EVP_CipherFinal_ex(context, end, &length) == 1
    }
}
