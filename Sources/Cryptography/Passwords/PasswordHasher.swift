/// Hashes and checks passwords, and makes keys out of passphrases, with Argon2id.
///
/// A hash takes tens of milliseconds and megabytes on purpose. It runs on its own thread, never on Swift's pool,
/// and only so many run at once; others wait in order, and beyond a limit they are refused, so that a flood of logins
/// cannot take the machine. Passwords are compared by their UTF-8 bytes: the same letters typed in another Unicode form
/// differ.
public final class PasswordHasher: Sendable {
    /// The limits, all in one place.
    public struct Configuration: Sendable {
        public var parameters = Argon2Parameters.passwords
        /// How many hashes run at once, each with its memory and its core.
        public var concurrencyMax = 2
        /// How many may wait for their turn; the next gets ``CryptographyError/Code/overloaded``.
        public var waitingMax = 64
        /// A longer password is refused before anything is computed.
        public var passwordBytesMax = 1_024

        public init() {}
    }

    private let configuration: Configuration
    private let gate: ThreadGate
    /// Checked for users who do not exist, so that they take as long as others.
    private let stranger: PasswordHash

    public init(_ configuration: Configuration = Configuration()) throws(CryptographyError) {
        precondition(configuration.parameters.isAcceptable, "Argon2 parameters beyond what would be read back")
        self.configuration = configuration
        gate = ThreadGate(
            name: "argon2", concurrencyMax: configuration.concurrencyMax, waitingMax: configuration.waitingMax)
        stranger = PasswordHash(
            recipe: try .random(configuration.parameters), hash: try SecureRandom.bytes(PasswordHash.hashBytes))
    }

    public func hash(_ password: String) async throws -> PasswordHash {
        let recipe = try PassphraseRecipe.random(configuration.parameters)
        return PasswordHash(recipe: recipe, hash: try await bytes(of: password, recipe, PasswordHash.hashBytes))
    }

    /// Whether it is the password of this hash. For a user who does not exist pass nil: that says no, but takes as
    /// long.
    public func verify(_ password: String, against known: PasswordHash?) async throws -> Bool {
        let expected = known ?? stranger
        let actual = try await bytes(of: password, expected.recipe, expected.hash.count)
        return ConstantTime.areEqual(actual, expected.hash) && known != nil
    }

    /// The key that a passphrase gives with this recipe, always the same. For backups.
    public func key(
        from passphrase: String, _ recipe: PassphraseRecipe, byteCount: Int = 32
    ) async throws -> SymmetricKey {
        var bytes = try await bytes(of: passphrase, recipe, byteCount)
        defer { Wipe.now(&bytes) }
        return SymmetricKey(bytes)
    }

    private func bytes(of password: String, _ recipe: PassphraseRecipe, _ byteCount: Int) async throws -> [UInt8] {
        guard password.utf8.count <= configuration.passwordBytesMax else {
            throw CryptographyError(
                .tooLarge, "a password may have \(configuration.passwordBytesMax) bytes, not \(password.utf8.count)")
        }
        return try await gate.run {
            var copy = Array(password.utf8)
            return Result { () throws(CryptographyError) in
                try Argon2.hash(&copy, salt: recipe.salt, parameters: recipe.parameters, byteCount: byteCount)
            }
        }.get()
    }
}
