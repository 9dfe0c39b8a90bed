import Postgres
import System
import Telemetry

/// How the new tables come into the place of the old.
extension Rebuilder {
    /// What stands in the way of an exchange for now.
    private enum Hindrance: Error {
        /// So much was appended meanwhile that the log would be held up for long.
        case behind
    }

    /// Tries until the tables can be had within a short time: readers of them are waited for, but only so long, since
    /// meanwhile nobody can append.
    func exchange(
        _ work: inout Work, on connection: isolated Connection
    ) async throws -> (oldSchema: String, heldUp: Duration) {
        var tries = 0
        while true {
            tries += 1
            do {
                return try await exchangeOnce(&work, isLast: tries > configuration.roundsMax, on: connection)
            } catch let error as PostgresError
                where error.code == .lockNotAvailable || error.code == .deadlockDetected
            {
                guard tries < configuration.exchangeTriesMax else {
                    throw ProjectionError.tablesInUse(tries: tries)
                }
                logger.info("the tables are in use; the exchange is tried again", ["tries": tries])
                try await configuration.clock.sleep(for: configuration.exchangePause)
            } catch is Hindrance {}
            try await catchUp(&work, on: connection)
        }
    }

    private func exchangeOnce(
        _ work: inout Work, isLast: Bool, on connection: isolated Connection
    ) async throws -> (oldSchema: String, heldUp: Duration) {
        var attempt = work
        var start = ContinuousClock.now
        let oldSchema = try await connection.transaction { connection in
            try connection.execute(
                "exchange_patience",
                SQL(unsafeSQL: "SET LOCAL lock_timeout = '\(configuration.lockTimeout.wholeMilliseconds)ms'"))
            let head = try connection.logHead(locked: true)
            start = .now
            guard try connection.tablesOwner() == work.owner else { throw ProjectionError.superseded }
            if !isLast, head.position - attempt.position > configuration.eventsHeldUpMax { throw Hindrance.behind }
            try await catchUpHeldUp(&attempt, to: head.position, on: connection)
            return try exchangeTables(attempt, on: connection)
        }
        work = attempt
        return (oldSchema, ContinuousClock.now - start)
    }

    private func exchangeTables(_ work: Work, on connection: isolated Connection) throws -> String {
        let live = ProjectionSet.live
        var (locks, script) = ("", "")
        for file in work.files {
            let old = try connection.partitions(of: file.name, in: live)
            let new = try connection.partitions(of: file.name, in: Self.schema)
            // Another node may have made a place for a type that we do not know; it is empty, or we could not be here.
            let others = old.filter { !new.contains($0) }.map { String($0.dropFirst(file.name.utf8.count + 1)) }
            script += file.partitionScript(for: others, in: Self.schema)
            // The partitions are locked with their table.
            if !old.isEmpty { locks += "LOCK TABLE \(live).\(file.name) IN ACCESS EXCLUSIVE MODE;\n" }
            for table in old { script += "ALTER TABLE \(live).\(table) SET SCHEMA :old;\n" }
            for table in new + others.map({ "\(file.name)_\($0)" }) {
                script += "ALTER TABLE \(Self.schema).\(table) SET SCHEMA \(live);\n"
            }
        }
        let oldSchema = try connection.query(
            "exchange_name",
            "SELECT '\(unsafeSQL: OldSchema.prefix)' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MISS_US')"
        ).only(String.self)
        try connection.runScript(
            "exchange",
            unsafeSQL: """
                \(locks)
                CREATE SCHEMA \(oldSchema);
                \(script.replacing(":old", with: oldSchema))
                DROP SCHEMA \(Self.schema);
                """)
        try set.noteBuilt(work.files, on: connection)
        if try set.stale(on: connection).isEmpty { try set.takeOver(on: connection) }
        return oldSchema
    }
}

extension Connection {
    /// Whose writers the log takes events of; nil for everybody's.
    func tablesOwner() throws -> String? {
        try query("log_tables_owner", "SELECT tables FROM log.head").only(String?.self)
    }

    /// A table and its partitions, as they are called within the schema.
    func partitions(of table: String, in schema: String) throws -> [String] {
        try query(
            "projection_partitions",
            """
            SELECT c.relname::text FROM pg_class AS c LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid
            WHERE to_regclass(\("\(schema).\(table)")) IN (c.oid, i.inhparent) AND c.relkind IN ('r', 'p')
            ORDER BY i.inhparent IS NOT NULL, c.relname
            """
        ).decode(String.self)
    }
}
