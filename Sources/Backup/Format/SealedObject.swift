import Cryptography

/// How single objects of a backup are sealed.
///
/// Each is bound to its name, so that one does not open in the place of another. All of it is one chunk: objects are
/// small enough, and then `openssl` opens it by hand.
enum SealedObject {
    /// What sealing adds to an object of one chunk: the header of the stream and a tag.
    static let overheadBytes = 76

    static func seal(_ bytes: [UInt8], as name: String, _ key: BackupKey?) throws(CryptographyError) -> [UInt8] {
        guard let key else { return bytes }
        return try SealedStream.seal(bytes, with: key.root, context: name, chunkBytes: SealedStream.chunkBytesMax)
    }

    static func open(_ bytes: [UInt8], as name: String, _ key: BackupKey?) throws(CryptographyError) -> [UInt8] {
        guard let key else { return bytes }
        return try SealedStream.open(bytes, with: key.root, context: name)
    }
}
