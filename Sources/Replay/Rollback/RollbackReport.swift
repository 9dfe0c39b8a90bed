public import JSON
public import System

/// What a rollback changes, or would change.
public struct RollbackReport: Sendable, Hashable {
    /// Entities by type and by what becomes of them.
    public internal(set) var entities: [String: [RollbackStep.Outcome: Int]] = [:]
    /// Parts of entities that change.
    public internal(set) var partCount = 0
    public internal(set) var conflictCount = 0
    /// The first ``namedMax`` references that would lead from what is in use to what is archived.
    public internal(set) var broken: [BrokenReference] = []
    public internal(set) var brokenCount = 0
    /// Entities that somebody changed while the rollback ran, and which were left alone. None in a dry run.
    public internal(set) var overtaken: [UUID] = []
    /// Entities whose restoration was refused, with why. None in a dry run.
    public internal(set) var refused: [UUID: String] = [:]
    /// Tells one plan from another: the same in a dry run and in the run that does what it said.
    public internal(set) var fingerprint = ""

    public static let namedMax = 100

    public var entityCount: Int { count { $0 != .leftAlone } }
    public var leftAloneCount: Int { count { $0 == .leftAlone } }
    public var isEmpty: Bool { entityCount == 0 }

    private func count(_ matches: (RollbackStep.Outcome) -> Bool) -> Int {
        entities.values.reduce(0) { sum, outcomes in
            sum + outcomes.reduce(0) { matches($1.key) ? $0 + $1.value : $0 }
        }
    }

    /// For the record of the operation and for clients.
    public var json: JSONObject {
        var types = JSONObject()
        for (type, outcomes) in entities.sorted(by: { $0.key < $1.key }) {
            var counts = JSONObject()
            for outcome in RollbackStep.Outcome.allCases {
                if let count = outcomes[outcome] { counts[outcome.rawValue] = .integer(count) }
            }
            types[type] = .object(counts)
        }
        var json: JSONObject = [
            "entities": .integer(entityCount), "parts": .integer(partCount), "conflicts": .integer(conflictCount),
            "left_alone": .integer(leftAloneCount), "types": .object(types),
            "broken_references": .integer(brokenCount), "plan": .string(fingerprint),
        ]
        if !broken.isEmpty { json["broken"] = .array(broken.map(\.json)) }
        if !overtaken.isEmpty {
            json["overtaken"] = .array(overtaken.prefix(Self.namedMax).map { .string($0.description) })
        }
        if !refused.isEmpty {
            json["refused"] = .array(
                refused.sorted { $0.key < $1.key }.prefix(Self.namedMax).map {
                    ["id": .string($0.key.description), "detail": .string($0.value)]
                })
        }
        return json
    }
}

/// A reference from something in use to something that a rollback puts away.
public struct BrokenReference: Sendable, Hashable {
    public let source: UUID
    public let sourceType: String
    public let field: String
    public let target: UUID

    public var json: JSONValue {
        [
            "source": .string(source.description), "source_type": .string(sourceType), "field": .string(field),
            "target": .string(target.description),
        ]
    }
}
