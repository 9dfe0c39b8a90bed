import Postgres
import System

/// What is asked of the operations that are recorded.
enum OperationStatement {
    /// How they stand, and whether someone wants them stopped.
    static func states(of ids: [UUID]) -> SQL {
        """
        SELECT id, fields->>'status', coalesce((fields->>'cancel_requested')::boolean, false)
        FROM live.entities WHERE type = 'operation' AND id = ANY(\(ids))
        """
    }

    /// Those that are marked as running.
    static let running: SQL = """
        SELECT id, version, fields->>'exclusion', document->'data'->>'resume'
        FROM live.entities WHERE type = 'operation' AND fields->>'status' = 'running' ORDER BY created_position
        """

    static func state(of id: UUID) -> SQL {
        """
        SELECT version, fields->>'status', coalesce((fields->>'cancel_requested')::boolean, false)
        FROM live.entities WHERE type = 'operation' AND id = \(id)
        """
    }
}
