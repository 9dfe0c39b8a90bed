import Postgres
import System

/// How the new tables get their rows.
extension Rebuilder {
    /// Fills the empty tables with what follows from all events up to `position`.
    func fill(_ work: inout Work, to position: Int, on connection: isolated Connection) async throws {
        let bounds = try split(upTo: position, on: connection)
        let slices = (0...bounds.count).map { lane in
            LogSlice(
                streams: .range(
                    from: lane == 0 ? nil : bounds[lane - 1], until: lane == bounds.count ? nil : bounds[lane]),
                last: position, memorable: work.memorable)
        }
        let lanes = Lanes(self, work)
        let all = try await withThrowingTaskGroup { group in
            for slice in slices { group.addTask { try await lanes.run(slice) } }
            var all: [FoldRun] = []
            for try await gathered in group { all.append(gathered) }
            return all
        }
        for gathered in all { work.gathered.merge(gathered) }
        work.rows += lanes.rowCount
        work.rows += try await write(work.gathered.lastRows(), work.tables, to: Self.schema, on: connection)
        work.events += position
        work.position = position
    }

    /// Between which streams to part the work, so that each part has about as many events.
    private func split(upTo position: Int, on connection: isolated Connection) throws -> [UUID] {
        let connections = (pool.configuration.connectionsMax - 1) / 2
        let lanes = min(configuration.lanesMax, connections, position / max(1, configuration.eventsPerLaneMin))
        guard lanes > 1 else { return [] }
        let samples = (1...200).map { Int64($0 * position / 200) }
        let streams = try connection.query(
            "rebuild_sample", "SELECT stream FROM log.events WHERE position = ANY(\(samples)) ORDER BY stream"
        ).decode(UUID.self)
        guard streams.count >= lanes else { return [] }
        return (1..<lanes).map { streams[$0 * streams.count / lanes] }
    }

    /// Brings the new tables near the head, while the head goes on.
    func catchUp(_ work: inout Work, on connection: isolated Connection) async throws {
        for _ in 0..<configuration.roundsMax {
            let head = try connection.logHead(locked: false)
            if head.position - work.position <= configuration.eventsHeldUpMax { return }
            work.counter.begin(.catchingUp, total: head.position - work.position)
            let streams = try forget(work, upTo: head.position, on: connection)
            let slice = slice(of: streams, work, upTo: head.position)
            let lanes = Lanes(self, work)
            let gathered = try await lanes.run(slice)
            work.rows += lanes.rowCount
            work.events += lanes.eventCount
            try takeIn(gathered, &work, on: connection)
            work.position = head.position
        }
    }

    /// The last steps, while nothing can be appended: on one connection, since all of it is one transaction.
    func catchUpHeldUp(_ work: inout Work, to position: Int, on connection: isolated Connection) async throws {
        guard position > work.position else { return }
        let streams = try forget(work, upTo: position, on: connection)
        var chunks: [[CopyRows]] = []
        var events = 0
        let counter = work.counter
        let reading = LogReading(
            fold: fold, tables: work.names, chunkBytes: configuration.chunkBytes, progress: { counter.add($0) })
        let gathered = try reading.read(slice(of: streams, work, upTo: position), on: connection) { rows in
            events += rows.reduce(0) { $0 + $1.count }
            chunks.append(rows)
        }
        for rows in chunks { work.rows += try await write(rows, work.tables, to: Self.schema, on: connection) }
        try takeIn(gathered, &work, on: connection)
        work.position = position
    }

    private func slice(of streams: [UUID], _ work: Work, upTo position: Int) -> LogSlice {
        LogSlice(
            streams: streams.count <= configuration.streamsLookedUpMax
                ? .these(streams) : .touched(after: work.position),
            last: position, memorable: work.memorable, countsAfter: work.position)
    }

    /// Deletes what the new tables hold of streams that went on since, and tells which these are.
    private func forget(_ work: Work, upTo position: Int, on connection: isolated Connection) throws -> [UUID] {
        let streams = try connection.query(
            "rebuild_touched",
            """
            SELECT DISTINCT stream FROM log.events
            WHERE position > \(Int64(work.position)) AND position <= \(Int64(position))
            """
        ).decode(UUID.self)
        for table in work.tables {
            guard let column = table.streamColumn else { continue }
            try connection.execute(
                "rebuild_forget",
                "DELETE FROM \(unsafeSQL: "\(Self.schema).\(table.name)") WHERE \(unsafeSQL: column) = ANY(\(streams))")
        }
        return streams
    }

    private func takeIn(_ gathered: FoldRun, _ work: inout Work, on connection: isolated Connection) throws {
        var batch = Batch("rebuild_gathered")
        work.gathered.merge(gathered, updating: Self.schema, into: &batch)
        if batch.count > 0 { try connection.run(batch) }
    }

    /// Writes rows into their tables. Returns how many these were.
    func write(
        _ rows: [CopyRows], _ tables: [TableShape], to schema: String, on connection: isolated Connection
    ) async throws -> Int {
        var count = 0
        for (table, rows) in zip(tables, rows) where !rows.isEmpty {
            count += try await connection.copyIn("rebuild_fill", table.copy(into: schema)) { try $0.write(rows) }
        }
        return count
    }
}
