public import JSON
import System

/// What is to be rolled back, fixed to positions: what it finds is the same whenever it is asked.
public struct RollbackOrder: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case rollback, undo
    }

    public var kind: Kind
    /// Goes back to the state after `scope.after`; what happened after `scope.upTo` is left alone.
    public var scope: ChangeScope
    /// Whether parts that others changed since are rolled back as well.
    public var isForced: Bool

    public init(_ kind: Kind, scope: ChangeScope, isForced: Bool = false) {
        self.kind = kind
        self.scope = scope
        self.isForced = isForced
    }

    /// For people.
    public var title: String {
        switch kind {
        case .undo: "Undo of \((scope.command ?? scope.correlation)?.description ?? "everything")"
        case .rollback: "Rollback to position \(scope.after)"
        }
    }
}

/// As the record of the operation keeps it, so that a rollback that was cut off can be resumed.
extension RollbackOrder {
    public var json: JSONObject {
        var json: JSONObject = ["to": .integer(scope.after), "up_to": .integer(scope.upTo)]
        if !scope.types.isEmpty { json["types"] = .array(scope.types.map { .string($0) }) }
        if !scope.entities.isEmpty { json["entities"] = .array(scope.entities.map { .string($0.description) }) }
        if let actor = scope.actor { json["actor"] = .string(actor) }
        if let correlation = scope.correlation { json["correlation"] = .string(correlation.description) }
        if let command = scope.command { json["command"] = .string(command.description) }
        if isForced { json["force"] = true }
        return json
    }

    public init?(_ kind: Kind, _ json: JSONValue) {
        guard let after = json["to"]?.integer, let upTo = json["up_to"]?.integer else { return nil }
        var scope = ChangeScope(after: after, upTo: upTo)
        scope.types = json["types"]?.array?.compactMap(\.string) ?? []
        scope.entities = json["entities"]?.array?.compactMap { $0.string.flatMap { UUID($0) } } ?? []
        scope.actor = json["actor"]?.string
        scope.correlation = json["correlation"]?.string.flatMap { UUID($0) }
        scope.command = json["command"]?.string.flatMap { UUID($0) }
        self.init(kind, scope: scope, isForced: json["force"]?.bool ?? false)
    }
}
