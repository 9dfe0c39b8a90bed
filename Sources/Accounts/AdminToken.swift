internal import Cryptography
internal import System

/// The one secret that signs in as administrator until there are accounts.
public struct AdminToken: Sendable {
    private let digest: SHA256Digest
    private let rights: Set<Right>

    /// - Parameters:
    ///   - text: whatever the operator chose; only its hash is kept.
    ///   - rights: what its holder may do; default everything.
    public init(_ text: String, rights: Set<Right> = Right.all) {
        digest = SHA256.hash(text)
        self.rights = rights
    }

    /// Whoever has shown it.
    func holder(by means: Actor.Means) -> Actor { .admin(by: means, rights: rights) }

    /// The token of a file, which is made at the first start: readable by its owner alone.
    ///
    /// - Throws: a `SystemError` when the file can be neither read nor made, and ``Unusable`` when it is too short.
    public static func load(orMake path: String) throws -> AdminToken {
        if !Files.exists(path) {
            let text = try SecureRandom.token(byteCount: 24)
            try Files.replace(path, with: Array("\(text)\n".utf8), mode: 0o600)
        }
        let text = try Files.readText(path, limit: 4 << 10).split(whereSeparator: \.isWhitespace).joined()
        guard text.count >= lengthMin else {
            throw Unusable(path: path)
        }
        return AdminToken(text)
    }

    /// Shorter tokens could be guessed.
    public static let lengthMin = 16

    public struct Unusable: Error, CustomStringConvertible {
        let path: String

        public var description: String {
            "The token in \(path) is shorter than \(lengthMin) characters. Remove the file to get a new one at the next start."
        }
    }

    /// Takes the same time whatever is wrong with the text.
    public func matches(_ text: String) -> Bool {
        ConstantTime.areEqual(SHA256.hash(text), digest)
    }

    /// A key for signing sessions: whoever changes the token ends every session.
    func sessionKey(scope: String?) -> SymmetricKey {
        let purpose = "session" + (scope.map { " \($0)" } ?? "")
        return SymmetricKey(SHA256.hash(digest.bytes + Array(purpose.utf8)).bytes)
    }
}
