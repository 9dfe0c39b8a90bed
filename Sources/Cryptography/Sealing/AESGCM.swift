/// Seals short messages that are in memory: AES-256-GCM with a random nonce.
///
/// For files and anything large use ``SealedStreamWriter``. One key is good for about four thousand million messages;
/// derive a new one for each purpose.
public enum AESGCM {
    public static let overheadBytes = GCMCipher.nonceBytes + GCMCipher.tagBytes
    /// The most that is sealed in one piece.
    public static let messageBytesMax = 1 << 30

    /// The nonce, the ciphertext and the tag.
    ///
    /// - Parameter data: is not stored but has to be the same at opening, such as the identifier of what is sealed.
    public static func seal(
        _ message: [UInt8], with key: SymmetricKey, authenticating data: [UInt8] = []
    ) throws(CryptographyError) -> [UInt8] {
        guard message.count <= messageBytesMax, data.count <= messageBytesMax else {
            throw CryptographyError(.tooLarge, "a message of \(message.count) bytes is too large; seal it as a stream")
        }
        let nonce = try SecureRandom.bytes(GCMCipher.nonceBytes)
        var sealed = nonce
        sealed.reserveCapacity(message.count + overheadBytes)
        try GCMCipher(key, .seal).seal(message.span, nonce: nonce, authenticating: data, into: &sealed)
        return sealed
    }

    public static func open(
        _ sealed: [UInt8], with key: SymmetricKey, authenticating data: [UInt8] = []
    ) throws(CryptographyError) -> [UInt8] {
        guard sealed.count >= overheadBytes else {
            throw CryptographyError(.truncated, "\(sealed.count) bytes are too few for a sealed message")
        }
        guard sealed.count <= messageBytesMax + overheadBytes, data.count <= messageBytesMax else {
            throw CryptographyError(.tooLarge, "a sealed message of \(sealed.count) bytes is too large")
        }
        var message: [UInt8] = []
        let nonce = Array(sealed.prefix(GCMCipher.nonceBytes))
        let rest = sealed.span.extracting(GCMCipher.nonceBytes...)
        guard try GCMCipher(key, .open).open(rest, nonce: nonce, authenticating: data, into: &message) else {
            throw CryptographyError(.damaged, "the sealed message was changed, or sealed with another key or context")
        }
        return message
    }
}
