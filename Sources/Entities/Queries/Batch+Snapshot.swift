import Postgres

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
        batch.add("log_head", "SELECT position FROM log.head")
        return batch
    }

    mutating func endSnapshot() { add("commit", "COMMIT") }

    /// Where the answer to the head of the log stands, and those to what was added follow.
    static let snapshotHead = 2
}
