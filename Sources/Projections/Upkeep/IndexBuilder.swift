import Postgres
import System

/// Brings the plain indexes of a table up to date while it is read and written.
struct IndexBuilder {
    let set: ProjectionSet
    let pool: PostgresPool
    let configuration: RebuildConfiguration

    private static let live = ProjectionSet.live

    /// One builder at a time, and none beside a rebuild; what a killed one has left is made anew.
    func build(_ file: ProjectionFile) async throws {
        try await pool.withConnection { connection in
            try await connection.withRebuildLock { connection in
                connection.statementTimeout = configuration.statementTimeout
                let noted = try connection.query(
                    "projection_noted", "SELECT fingerprint FROM log.projections WHERE name = \(file.name)"
                ).only(String.self)
                guard var record = ProjectionRecord(noted) else { return }
                let wanted = file.plainIndexes
                for name in Set(record.indexes.keys).union(wanted.keys).sorted()
                where record.indexes[name] != wanted[name]?.hash {
                    record.indexes[name] = nil
                    try await drop(name, of: file, noting: record, on: connection)
                    if let index = wanted[name] { try await make(index, called: name, of: file, on: connection) }
                    record.indexes[name] = wanted[name]?.hash
                }
                try await connection.transaction { connection in
                    _ = try connection.logHead(locked: true)
                    try set.amend(file, record, on: connection)
                }
            }
        }
    }

    /// Takes the table for a moment, which readers may have for longer. The record loses the index in the same transaction, so
    /// that it is made again should its successor fail.
    private func drop(
        _ name: String, of file: ProjectionFile, noting record: ProjectionRecord, on connection: isolated Connection
    ) async throws {
        var tries = 0
        while true {
            tries += 1
            do {
                return try await connection.transaction { connection in
                    try connection.waitForLocks(atMost: configuration.lockTimeout)
                    _ = try connection.logHead(locked: true)
                    try connection.execute("index_drop", "DROP INDEX IF EXISTS \(unsafeSQL: "\(Self.live).\(name)")")
                    try set.amend(file, record, on: connection)
                }
            } catch let error as PostgresError
                where error.code == .lockNotAvailable || error.code == .deadlockDetected
            {
                guard tries < configuration.exchangeTriesMax else { throw ProjectionError.tablesInUse(tries: tries) }
                try await configuration.clock.sleep(for: configuration.exchangePause)
            }
        }
    }

    private func make(
        _ index: IndexStatement, called name: String, of file: ProjectionFile, on connection: isolated Connection
    ) async throws {
        let partitions = try connection.query(
            "index_partitions",
            """
            SELECT c.oid::int8, c.relname::text FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
            WHERE i.inhparent = to_regclass(\("\(Self.live).\(file.name)")) ORDER BY c.relname
            """
        ).decode(Int64.self, String.self)
        if partitions.isEmpty {
            try connection.execute("index_make", SQL(unsafeSQL: index.concurrently))
            return
        }
        // An index of a partitioned table cannot be made beside writers. One that is only declared can get its parts so.
        try connection.execute("index_declare", SQL(unsafeSQL: index.declared))
        for (number, partition) in partitions {
            let part = "\(Self.live).\(name)_\(number)"
            try connection.execute("index_drop", SQL(unsafeSQL: "DROP INDEX IF EXISTS \(part)"))
            try connection.execute(
                "index_make",
                SQL(unsafeSQL: index.concurrently(on: "\(Self.live).\(partition)", called: "\(name)_\(number)")))
            try connection.execute(
                "index_attach", SQL(unsafeSQL: "ALTER INDEX \(Self.live).\(name) ATTACH PARTITION \(part)"))
        }
    }
}

extension IndexStatement {
    /// The words are `CREATE INDEX name ON table …`.
    private var words: [Substring] { sql.split(separator: " ", maxSplits: 5) }

    fileprivate var concurrently: String { concurrently(on: String(words[4]), called: String(words[2])) }

    fileprivate func concurrently(on table: String, called name: String) -> String {
        "CREATE INDEX CONCURRENTLY \(name) ON \(table) \(words[5])"
    }

    /// Without the indexes of the partitions.
    fileprivate var declared: String { "CREATE INDEX \(words[2]) ON ONLY \(words[4]) \(words[5])" }
}
