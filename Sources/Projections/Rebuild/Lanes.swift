import Postgres
import Synchronization
import System

/// Readers of the log, each beside the one who writes what it makes: while the server reads and writes, rows are made here.
struct Lanes: Sendable {
    private let rebuilder: Rebuilder
    private let tables: [TableShape]
    private let reading: LogReading
    private let counts = Counts()

    private final class Counts: Sendable {
        let rows = Atomic<Int>(0)
        let events = Atomic<Int>(0)
    }

    init(_ rebuilder: Rebuilder, _ work: Rebuilder.Work) {
        self.rebuilder = rebuilder
        tables = work.tables
        let (counts, counter) = (counts, work.counter)
        reading = LogReading(
            fold: rebuilder.fold, tables: work.names, chunkBytes: rebuilder.configuration.chunkBytes
        ) { events in
            counts.events.add(events, ordering: .relaxed)
            counter.add(events)
        }
    }

    var rowCount: Int { counts.rows.load(ordering: .relaxed) }
    var eventCount: Int { counts.events.load(ordering: .relaxed) }

    /// Reads a slice of the log and fills the new tables with what follows from it.
    func run(_ slice: LogSlice) async throws -> FoldRun {
        let channel = RowChannel()
        async let written: Void = ending(channel) {
            try await rebuilder.pool.withConnection { connection in try await write(from: channel, on: connection) }
        }
        let gathered = try await ending(channel) {
            let gathered = try await rebuilder.pool.withConnection { connection in
                connection.statementTimeout = rebuilder.configuration.statementTimeout
                // Having read, it may sleep until the other connection has written.
                return try await connection.transaction(
                    readOnly: true, idleMax: rebuilder.configuration.statementTimeout
                ) { connection in
                    try connection.sortWidely(rebuilder.configuration)
                    return try reading.read(slice, on: connection) { try channel.push($0) }
                }
            }
            channel.finish()
            return gathered
        }
        try await written
        return gathered
    }

    /// Who fails takes the other side along.
    private func ending<Result: Sendable>(
        _ channel: RowChannel, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch {
            channel.fail(error)
            throw error
        }
    }

    private func write(from channel: RowChannel, on connection: isolated Connection) async throws {
        connection.statementTimeout = rebuilder.configuration.statementTimeout
        while let rows = try channel.next() {
            try await connection.transaction { connection in
                // Nothing of it counts before the exchange, and that one waits for the disk.
                try connection.execute("rebuild_hurry", "SET LOCAL synchronous_commit = off")
                let count = try await rebuilder.write(rows, tables, to: Rebuilder.schema, on: connection)
                counts.rows.add(count, ordering: .relaxed)
            }
        }
    }
}

extension Connection {
    /// For the transaction that is open.
    func sortWidely(_ configuration: RebuildConfiguration) throws {
        try execute("rebuild_sort", SQL(unsafeSQL: "SET LOCAL work_mem = '\(configuration.sortMegabytes)MB'"))
    }
}
