public import Cryptography

/// What backups are encrypted with. Whoever loses it loses them.
public enum BackupSecret: Sendable {
    /// 32 bytes.
    case key(SymmetricKey)
    /// A key comes out of it by Argon2id, which takes about a second and some memory on purpose.
    case passphrase(String)

    static let keyBytes = 32

    /// Reads the contents of a key file: 32 bytes as 64 hexadecimal digits or in base64, and nothing else but blanks.
    public static func keyFile(_ text: String) throws(BackupError) -> BackupSecret {
        let digits = text.filter { !$0.isWhitespace }
        guard let bytes = TextCoding.hex.decode(digits) ?? TextCoding.base64.decode(digits), bytes.count == keyBytes
        else {
            throw BackupError(
                .setting, "The key file does not hold 32 bytes in hexadecimal or base64.",
                advice: "Create one with: openssl rand -hex 32 > FILE; and keep a copy on another machine.")
        }
        return .key(SymmetricKey(bytes))
    }
}

/// The keys of one backup, all made of one.
struct BackupKey: Sendable {
    /// Each object is sealed with a key made of this one, its own salt and its name.
    let root: SymmetricKey
    private let manifests: SymmetricKey
    private let blobNames: SymmetricKey
    /// Tells this key from others, and nothing else about it.
    let check: String

    private static let checkBytes = 16

    init(_ root: SymmetricKey) throws(CryptographyError) {
        self.root = root
        manifests = try root.derived(for: "lifeos backup manifest")
        blobNames = try root.derived(for: "lifeos backup blob names")
        check = try root.derived(for: "lifeos backup key check", byteCount: Self.checkBytes)
            .withBytes { TextCoding.hex.encode($0) }
    }

    func authenticate(_ manifest: Span<UInt8>) throws(CryptographyError) -> String {
        TextCoding.hex.encode(try HMAC.authenticate(manifest, key: manifests))
    }

    /// What a blob is called in the store: the same at each backup, and telling nobody what it is.
    func name(ofBlob hash: SHA256Digest) throws(CryptographyError) -> SHA256Digest {
        SHA256Digest(try HMAC.authenticate(hash.bytes, key: blobNames)) ?? hash
    }
}

/// Makes keys out of what was given, each once.
public actor Keyring {
    private let secret: BackupSecret?
    private let parameters: Argon2Parameters
    private var known: [Manifest.Encryption: BackupKey] = [:]
    private var hasher: PasswordHasher?

    /// - Parameters:
    ///   - secret: nil where backups are not encrypted.
    ///   - parameters: what a new passphrase costs; tests want it cheap.
    public init(_ secret: BackupSecret?, parameters: Argon2Parameters = .keys) {
        self.secret = secret
        self.parameters = parameters
    }

    public nonisolated var isEmpty: Bool { secret == nil }

    /// The key that opens what was sealed so; nil where nothing was.
    func key(opening encryption: Manifest.Encryption?) async throws -> BackupKey? {
        guard let encryption else { return nil }
        if let key = known[encryption] { return key }
        guard let secret else {
            throw BackupError(
                .keyNeeded, "The backup is encrypted.",
                advice: "Set LIFEOS_BACKUP_KEY_FILE or LIFEOS_BACKUP_PASSPHRASE to what it was encrypted with.")
        }
        let wrong = BackupError(
            .wrongKey, "The backup was encrypted with another key.",
            advice: "Set LIFEOS_BACKUP_KEY_FILE or LIFEOS_BACKUP_PASSPHRASE to what it was encrypted with.")
        let key: BackupKey
        switch (secret, encryption.recipe) {
        case (.key(let root), nil): key = try BackupKey(root)
        case (.passphrase(let text), let recipe?): key = try await derive(text, recipe)
        default: throw wrong
        }
        guard ConstantTime.areEqual(key.check, encryption.keyCheck) else { throw wrong }
        known[encryption] = key
        return key
    }

    /// What a new backup is sealed with; nil where there is no secret.
    ///
    /// - Parameter earlier: how others in the store are sealed, the newest first. One that the same passphrase opens is
    ///   continued, so that blobs keep their names.
    func keyForNew(like earlier: [Manifest.Encryption]) async throws -> (
        key: BackupKey, encryption: Manifest.Encryption
    )? {
        guard let secret else { return nil }
        if case .key(let root) = secret {
            let key = try BackupKey(root)
            return (key, Manifest.Encryption(recipe: nil, keyCheck: key.check))
        }
        var tried: Set<Manifest.Encryption> = []
        // A passphrase changes seldom; each try takes a second.
        for encryption in earlier where encryption.recipe != nil && tried.count < Self.triesMax {
            if tried.insert(encryption).inserted, let key = try? await key(opening: encryption) {
                return (key, encryption)
            }
        }
        guard case .passphrase(let text) = secret else { return nil }
        let recipe = try PassphraseRecipe.random(parameters)
        let key = try await derive(text, recipe)
        let encryption = Manifest.Encryption(recipe: recipe, keyCheck: key.check)
        known[encryption] = key
        return (key, encryption)
    }

    private static let triesMax = 4

    private func derive(_ passphrase: String, _ recipe: PassphraseRecipe) async throws -> BackupKey {
        let hasher = try self.hasher ?? PasswordHasher()
        self.hasher = hasher
        return try BackupKey(try await hasher.key(from: passphrase, recipe))
    }
}
