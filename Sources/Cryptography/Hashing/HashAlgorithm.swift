internal import CCrypto

/// A hash function. Fetched from libcrypto once: looking it up costs twice what a small hash does.
@safe public final class HashAlgorithm: Sendable {
    /// Only for one-time codes, where the apps of this world want it.
    public static let sha1 = HashAlgorithm("SHA1")
    public static let sha256 = HashAlgorithm("SHA256")
    public static let sha512 = HashAlgorithm("SHA512")

    /// As `otpauth` URIs and libcrypto spell it.
    let name: String
    public let byteCount: Int
    // Unsafe in name only: immutable once fetched, and never freed, since the three live as long as the process.
    nonisolated(unsafe) let pointer: OpaquePointer

    private init(_ name: String) {
        guard let pointer = unsafe EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("libcrypto has no \(name): \(CryptographyError.library("fetch"))")
        }
        self.name = name
        unsafe self.pointer = pointer
        byteCount = Int(unsafe EVP_MD_get_size(pointer))
    }
}
