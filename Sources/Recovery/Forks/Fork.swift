public import Cryptography
import JSON
public import System

/// A database that holds another's log up to some point and goes its own way from there.
public struct Fork: Sendable, Hashable {
    public enum State: String, Sendable {
        case whole
        /// Somebody is making it right now.
        case making
        /// Whoever made it was killed over it: there is nothing to do with it but to drop it.
        case unfinished
    }

    public let name: ForkName
    /// What PostgreSQL calls it.
    public let database: String
    public let state: State
    /// What is known about it; nil where its maker was killed before that could be noted.
    public let origin: ForkOrigin?
    /// Nil where this user may not know.
    public let bytes: Int?
    /// Whether anybody is connected to it.
    public let isInUse: Bool
}

/// Where a fork comes from.
public struct ForkOrigin: Sendable, Hashable {
    public let name: ForkName
    /// The installation whose log it has.
    public let source: UUID
    /// The last event that both logs have.
    public let position: Int
    public let hash: SHA256Digest
    public let createdAt: Timestamp
    public let reason: String?
}

/// What is noted at the database, so that a list of forks needs no connection to each.
struct ForkNote: Equatable {
    let origin: ForkOrigin
    let isWhole: Bool

    init(_ origin: ForkOrigin, isWhole: Bool) {
        self.origin = origin
        self.isWhole = isWhole
    }

    private static let mark = "life_os_fork"

    var text: String {
        var object: JSONObject = [
            "name": .string(origin.name.text), "source": .string(origin.source.description),
            "position": .integer(origin.position), "hash": .string(origin.hash.hex),
            "created_at": .string(origin.createdAt.description), "state": .string(isWhole ? "whole" : "making"),
        ]
        object["reason"] = origin.reason.map { .string($0) }
        return JSONValue.object([Self.mark: .object(object)]).description
    }

    /// Nil for a comment that is not ours.
    init?(_ text: String) {
        guard let note = (try? JSONValue(parsing: text))?[Self.mark],
            let name = note["name"]?.string.flatMap({ ForkName($0) }),
            let source = note["source"]?.string.flatMap({ UUID($0) }), let position = note["position"]?.integer,
            let hash = note["hash"]?.string.flatMap({ SHA256Digest(hex: $0) }),
            let createdAt = note["created_at"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        origin = ForkOrigin(
            name: name, source: source, position: position, hash: hash, createdAt: createdAt,
            reason: note["reason"]?.string)
        isWhole = note["state"] == "whole"
    }
}
