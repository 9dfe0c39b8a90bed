public import Catalogue
import Entities
import EventLog
import JSON
public import Postgres
import System

/// Reads what happened to entities from the log itself, whatever the projections say.
///
///     for try await changes in try await reader.changes(in: scope) { for change in changes { … } }
///
/// Only the entities that were touched are read, one after the other, in the order of their ids.
public struct ChangeReader: Sendable {
    /// So few streams are named one by one, so that the server looks them up instead of reading the whole log.
    public static let streamsNamedMax = 2_000

    private let pool: PostgresPool
    private let catalogue: Catalogue

    public init(pool: PostgresPool, catalogue: Catalogue) {
        self.pool = pool
        self.catalogue = catalogue
    }

    /// Every entity with an event in the scope. A connection is lent to it until it ends or is let go of.
    public func changes(in scope: ChangeScope) async throws -> Changes {
        let streams = try await patiently { connection in
            try connection.query(
                "changed_streams",
                """
                SELECT DISTINCT stream FROM log.events WHERE \(scope.events) LIMIT \(Int64(Self.streamsNamedMax + 1))
                """
            ).decode(UUID.self)
        }
        let named = streams.count <= Self.streamsNamedMax ? streams : nil
        let rows = pool.copyOut("changed_events", scope.copy(of: named), patience: Self.patience)
        return Changes(rows: rows, scope: scope, catalogue: catalogue)
    }

    /// How many entities have an event in the scope.
    public func entityCount(in scope: ChangeScope) async throws -> Int {
        try await patiently { connection in
            try connection.query(
                "changed_count", "SELECT count(DISTINCT stream) FROM log.events WHERE \(scope.events)"
            ).only(Int.self)
        }
    }

    /// For the server to look through and sort a long log.
    private static let patience: Duration = .seconds(3_600)

    private func patiently<Result: Sendable>(
        _ body: @Sendable (isolated Connection) throws -> Result
    ) async throws -> Result {
        try await pool.withConnection { connection in
            connection.statementTimeout = Self.patience
            return try body(connection)
        }
    }
}

/// Entities that were changed, some at a time.
public struct Changes: AsyncSequence, Sendable {
    public typealias Element = [StreamChange]

    let rows: CopyStream
    let scope: ChangeScope
    let catalogue: Catalogue

    public func makeAsyncIterator() -> Iterator {
        Iterator(rows: rows.makeAsyncIterator(), folding: ChangeFolding(scope: scope, catalogue: catalogue))
    }

    public struct Iterator: AsyncIteratorProtocol {
        var rows: CopyStream.Iterator
        var folding: ChangeFolding
        var isOver = false

        public mutating func next() async throws -> [StreamChange]? {
            while !isOver {
                guard let batch = try await rows.next() else {
                    isOver = true
                    return folding.finish().map { [$0] }
                }
                var changes: [StreamChange] = []
                for row in batch { if let change = try folding.take(row) { changes.append(change) } }
                if !changes.isEmpty { return changes }
            }
            return nil
        }
    }
}

/// Folds the rows of one stream after the other.
struct ChangeFolding: Sendable {
    let scope: ChangeScope
    let catalogue: Catalogue
    private var stream: UUID?
    private var before: Entity?
    private var change: StreamChange?

    init(scope: ChangeScope, catalogue: Catalogue) {
        self.scope = scope
        self.catalogue = catalogue
    }

    /// - Returns: the change of the stream before, where this row begins another.
    mutating func take(_ row: CopyRow) throws -> StreamChange? {
        let (stream, version, position, recordedAt, category, name, schemaVersion, bytes, meta) = try row.decode(
            UUID.self, Int32.self, Int64.self, Timestamp.self, String.self, String.self, Int32.self, JSONBytes.self,
            JSONBytes?.self)
        let done = stream == self.stream ? nil : finish()
        self.stream = stream
        let unreadable = EntityError.unreadableEvent(position: Int(position), type: name)
        guard let type = catalogue[type: category], let data = try? JSONValue(parsing: bytes.bytes),
            let event = EntityEvent(type: name, schemaVersion: Int(schemaVersion), data: data, of: type)
        else { throw unreadable }
        let moment = Entity.Moment(position: Int(position), version: Int(version), time: recordedAt)
        guard let meta else {
            if before == nil {
                before = Entity(id: stream, type: type.name, event, at: moment)
            } else {
                before?.apply(event, at: moment)
            }
            if before == nil { throw unreadable }
            return done
        }
        guard let meta = try EventMeta(JSONValue(parsing: meta.bytes)) else { throw unreadable }
        let act = Act(
            position: Int(position), version: Int(version), recordedAt: recordedAt, event: name, actor: meta.actor,
            command: meta.command, correlation: meta.correlation, reason: meta.reason)
        let isChosen = scope.chooses(act)
        if change != nil {
            change?.take(event, at: moment, act, isChosen: isChosen)
        } else if let before {
            change = StreamChange(type, before: before, event, at: moment, act, isChosen: isChosen)
        } else {
            change = StreamChange(type, id: stream, event, at: moment, act, isChosen: isChosen)
            if change == nil { throw unreadable }
        }
        return done
    }

    mutating func finish() -> StreamChange? {
        defer { (stream, before, change) = (nil, nil, nil) }
        return change
    }
}
