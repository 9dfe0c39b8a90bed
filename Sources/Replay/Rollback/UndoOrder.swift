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
        let first: Int
        do {
            first = try await Point.before(id).resolve(in: service.pool).position
        } catch PointNotFound.unknown {
            throw RollbackProblem.nothingToUndo(id)
        }
        var scope = ChangeScope(after: first, upTo: head)
        // Most commands begin a correlation of their own, which has an index.
        let isCorrelation = try await service.pool.query(
            "undo_correlation",
            "SELECT EXISTS (SELECT FROM log.events WHERE meta->>'correlation' = \(id.description))"
        ).only(Bool.self)
        if isCorrelation { scope.correlation = id } else { scope.command = id }
        return RollbackOrder(.undo, scope: scope, isForced: isForced)
    }
}
