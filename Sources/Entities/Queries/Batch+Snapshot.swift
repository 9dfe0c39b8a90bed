import EventLog
import Postgres
import System

extension Batch {
    /// Statements that all see the database at one moment. End them with ``endSnapshot()``.
    ///
    /// The tables are locked before that moment is fixed: a rebuild that exchanged them in between would show us new ones that
    /// were filled after it, and so are empty to us.
    static func snapshot(_ name: QueryName) -> Batch {
        var batch = Batch(name)
        batch.add("begin", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        batch.add(
            "snapshot_lock",
            "LOCK TABLE live.entities, live.entity_references, live.entity_versions, live.words IN ACCESS SHARE MODE")
        batch.add("snapshot_head", "SELECT position, log_id FROM log.head")
        return batch
    }

    mutating func endSnapshot() { add("commit", "COMMIT") }

    /// Where the log ended at that moment, and which log it is. The answers to what was added begin at the fourth.
    static func head(in answers: [Rows]) throws -> (position: Int, log: LogID) {
        let (position, log) = try answers[2].only(Int.self, UUID.self)
        return (position, LogID(log))
    }
}
