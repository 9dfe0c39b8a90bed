public import Entities
import EventLog
import Postgres
public import System

extension RollbackOrder {
    /// Finds what a correlation or a command has done, up to now.
    public static func undo(
        of id: UUID, in service: EntityService, isForced: Bool = false
    ) async throws -> RollbackOrder {
        let head = try await EventReader(pool: service.pool).head().position
        // Commands usually begin a correlation of their own, so this is found in the index for most of them too.
        for name in ["correlation", "command"] {
            let first = try await service.pool.query(
                "undo_first",
                """
                SELECT min(position) FROM log.events
                WHERE meta->>'\(unsafeSQL: name)' = \(id.description) AND position <= \(Int64(head))
                """
            ).only(Int64?.self)
            guard let first else { continue }
            var scope = ChangeScope(after: Int(first) - 1, upTo: head)
            if name == "correlation" { scope.correlation = id } else { scope.command = id }
            return RollbackOrder(.undo, scope: scope, isForced: isForced)
        }
        throw RollbackProblem.nothingToUndo(id)
    }
}
