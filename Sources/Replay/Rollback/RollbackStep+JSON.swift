public import JSON
import System

extension CellChange: JSONEncodable {
    /// `{"path", "old", "new"}`, without what is absent.
    public func encode(into writer: inout JSONWriter) {
        JSONDifference(path: cell.pointer, old: old, new: new).encode(into: &writer)
    }
}

extension RollbackStep: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", id.description)
            writer.field("type", type)
            writer.field("name", name)
            writer.field("version", version)
            writer.field("outcome", outcome.rawValue)
            writer.field("changes", changes)
            if !conflicts.isEmpty { writer.field("conflicts", conflicts) }
        }
    }
}

extension RollbackStep.Conflict: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("path", cell.pointer)
            if let then { writer.field("then", then) }
            if let now { writer.field("now", now) }
            if let target { writer.field("target", target) }
            writer.field("forced", isForced)
            switch cause {
            case .changedSince(let act): writer.field("changed_by", act)
            case .invalid(let detail): writer.field("invalid", detail)
            }
        }
    }
}

extension Act: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("position", position)
            writer.field("version", version)
            writer.field("recorded_at", recordedAt.description)
            writer.field("event", event)
            writer.field("actor", actor)
            writer.field("command", command.description)
            writer.field("correlation", correlation.description)
            if let reason { writer.field("reason", reason) }
        }
    }
}
