public import Postgres
import System
import Telemetry

/// Compares the projections with what the log says they should be.
///
/// All of it happens in one transaction at one moment: writers are not held up, and nothing is left behind. It needs up to
/// two connections, and room on the disk for a second copy of the tables while it runs.
public struct Checker: Sendable {
    private let set: ProjectionSet
    private let fold: ProjectionFold
    private let pool: PostgresPool
    private let configuration: RebuildConfiguration

    /// Tables there are this connection's own, and gone with the transaction.
    private static var scratch: String { "pg_temp" }

    public init(
        set: ProjectionSet, fold: ProjectionFold, pool: PostgresPool, configuration: RebuildConfiguration = .init()
    ) {
        self.set = set
        self.fold = fold
        self.pool = pool
        self.configuration = configuration
    }

    /// - Throws: ``ProjectionError/busy`` while a rebuild is under way; ``ProjectionError/stale(_:)`` where there is
    ///   nothing to compare with.
    public func check(progress: @escaping @Sendable (ProjectionProgress) -> Void = { _ in }) async throws -> CheckReport
    {
        try pool.allows(connections: 2)
        let counter = ProgressCounter(progress)
        return try await pool.withConnection { connection in
            try await connection.withRebuildLock(shared: true) { connection in
                let stale = try set.stale(on: connection)
                if !stale.isEmpty { throw ProjectionError.stale(stale) }
                connection.statementTimeout = configuration.statementTimeout
                var report: CheckReport?
                do {
                    // It sleeps while the other connection has the log sorted.
                    try await connection.transaction(
                        .repeatableRead, idleMax: configuration.statementTimeout
                    ) { connection in
                        report = try await check(counter, on: connection)
                        throw Undone()
                    }
                } catch is Undone {}
                guard let report else { throw Undone() }
                return report
            }
        }
    }

    /// Ends the transaction of a check: nothing of it is to last.
    private struct Undone: Error {}

    private func check(_ counter: ProgressCounter, on connection: isolated Connection) async throws -> CheckReport {
        let snapshot = try connection.query("check_snapshot", "SELECT pg_export_snapshot()").only(String.self)
        let head = try connection.logHead(locked: false)
        let types = set.types.map(\.name)
        try connection.runScript(
            "check_tables",
            unsafeSQL: set.files.map { $0.tableScript(in: Self.scratch, types: types) }.joined(separator: "\n"))
        counter.begin(.reading, total: head.position)
        let skipped = try await fill(head, snapshot, counter, on: connection)
        counter.begin(.comparing)
        var projections: [CheckReport.Projection] = []
        for table in tables {
            projections.append(try compare(table, head, on: connection))
        }
        counter.begin(.done)
        return CheckReport(position: head.position, projections: projections, skipped: skipped)
    }

    private var names: Set<String> { Set(set.files.map(\.name)) }
    private var tables: [TableShape] { fold.tables.filter { names.contains($0.name) } }

    private func fill(
        _ head: Head, _ snapshot: String, _ counter: ProgressCounter, on connection: isolated Connection
    ) async throws -> SkippedEvents {
        let channel = RowChannel()
        let slice = LogSlice(
            streams: .range(from: nil, until: nil), last: head.position, memorable: head.memorable(fold.memory))
        async let gathering = read(slice, snapshot, counter, channel)
        do {
            while let rows = try channel.next() { try await write(rows, on: connection) }
        } catch {
            channel.fail(error)
            throw error
        }
        let gathered = try await gathering
        try await write(gathered.lastRows(), on: connection)
        return gathered.allSkipped
    }

    private func read(
        _ slice: LogSlice, _ snapshot: String, _ counter: ProgressCounter, _ channel: RowChannel
    ) async throws -> FoldRun {
        let reading = LogReading(
            fold: fold, tables: names, chunkBytes: configuration.chunkBytes, progress: { counter.add($0) })
        do {
            let gathered = try await pool.withConnection { connection in
                connection.statementTimeout = configuration.statementTimeout
                return try await connection.transaction(
                    .repeatableRead, readOnly: true, idleMax: configuration.statementTimeout
                ) { connection in
                    try connection.runScript(
                        "check_snapshot", unsafeSQL: "SET TRANSACTION SNAPSHOT '\(snapshot)'")
                    try connection.sortWidely(configuration)
                    return try reading.read(slice, on: connection) { try channel.push($0) }
                }
            }
            channel.finish()
            return gathered
        } catch {
            channel.fail(error)
            throw error
        }
    }

    private func write(_ rows: [CopyRows], on connection: isolated Connection) async throws {
        for (table, rows) in zip(tables, rows) where !rows.isEmpty {
            try await connection.copyIn("check_fill", table.copy(into: Self.scratch)) { try $0.write(rows) }
        }
    }

    private func compare(
        _ table: TableShape, _ head: Head, on connection: isolated Connection
    ) throws -> CheckReport.Projection {
        let comparison = TableComparison(table, head, live: ProjectionSet.live, scratch: Self.scratch)
        let live = try connection.query("check_sum", comparison.sum(of: ProjectionSet.live))
            .only(Int64.self, String.self)
        let rebuilt = try connection.query("check_sum", comparison.sum(of: Self.scratch))
            .only(Int64.self, String.self)
        let isSame = live == rebuilt
        let differences =
            isSame
            ? []
            : try connection.query("check_rows", comparison.rows(limit: configuration.rowsNamedMax))
                .decode(String.self, [String].self, [String].self).compactMap { kind, key, columns in
                    CheckReport.Difference.Kind(rawValue: kind).map { kind in
                        CheckReport.Difference(kind: kind, key: key, columns: columns)
                    }
                }
        return CheckReport.Projection(
            name: table.name, liveRows: Int(live.0), rebuiltRows: Int(rebuilt.0), isSame: isSame,
            differences: differences)
    }
}
