/// A password's hash with all that is needed to check it: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`.
///
/// Store its ``description``. Reading one back is strict, and refuses parameters beyond fixed limits.
public struct PasswordHash: Sendable, Hashable, LosslessStringConvertible {
    public let recipe: PassphraseRecipe
    let hash: [UInt8]

    static let hashBytes = 32
    private static let hashBytesAccepted = 16...64

    init(recipe: PassphraseRecipe, hash: [UInt8]) {
        self.recipe = recipe
        self.hash = hash
    }

    public init?(_ text: String) {
        guard text.utf8.count <= PassphraseRecipe.textBytesMax, let dollar = text.lastIndex(of: "$"),
            let recipe = PassphraseRecipe(String(text[..<dollar])),
            let hash = TextCoding.base64Unpadded.decode(text[text.index(after: dollar)...]),
            Self.hashBytesAccepted ~= hash.count
        else { return nil }
        self.init(recipe: recipe, hash: hash)
    }

    public var description: String { "\(recipe)$\(TextCoding.base64Unpadded.encode(hash))" }

    /// Whether the password should be hashed again at the next login, because the parameters have changed since.
    public func needsRehash(for parameters: Argon2Parameters = .passwords) -> Bool {
        recipe.parameters != parameters || hash.count != Self.hashBytes
            || recipe.salt.count != PassphraseRecipe.saltBytes
    }
}

/// How a key comes out of a passphrase: parameters and salt, but nothing secret. Stored beside what the key protects,
/// as `$argon2id$v=19$m=65536,t=3,p=4$<salt>`.
public struct PassphraseRecipe: Sendable, Hashable, LosslessStringConvertible {
    public let parameters: Argon2Parameters
    let salt: [UInt8]

    static let saltBytes = 16
    static let textBytesMax = 256
    private static let saltBytesAccepted = 8...64

    init(parameters: Argon2Parameters, salt: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
    }

    /// A new recipe with a random salt.
    public static func random(_ parameters: Argon2Parameters = .keys) throws(CryptographyError) -> PassphraseRecipe {
        precondition(parameters.isAcceptable, "Argon2 parameters beyond what would be read back")
        return PassphraseRecipe(parameters: parameters, salt: try SecureRandom.bytes(saltBytes))
    }

    public init?(_ text: String) {
        guard text.utf8.count <= Self.textBytesMax else { return nil }
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=\(Argon2.version)",
            let parameters = Self.parameters(parts[3]),
            let salt = TextCoding.base64Unpadded.decode(parts[4]), Self.saltBytesAccepted ~= salt.count
        else { return nil }
        self.init(parameters: parameters, salt: salt)
    }

    public var description: String {
        let cost = "m=\(parameters.memoryKibibytes),t=\(parameters.passes),p=\(parameters.lanes)"
        return "$argon2id$v=\(Argon2.version)$\(cost)$\(TextCoding.base64Unpadded.encode(salt))"
    }

    private static func parameters(_ text: Substring) -> Argon2Parameters? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 3, let memory = number(parts[0], "m="), let passes = number(parts[1], "t="),
            let lanes = number(parts[2], "p=")
        else { return nil }
        let parameters = Argon2Parameters(memoryKibibytes: memory, passes: passes, lanes: lanes)
        return parameters.isAcceptable ? parameters : nil
    }

    /// A decimal number in its only spelling.
    private static func number(_ text: Substring, _ name: String) -> UInt32? {
        guard text.hasPrefix(name), let value = UInt32(text.dropFirst(2)), "\(name)\(value)" == text else { return nil }
        return value
    }
}
