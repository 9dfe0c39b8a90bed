public import Catalogue
import Entities
import EventLog
import JSON
public import Postgres
import Projections
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
        let batches = scope.reader(of: named).batches("changed_events", in: pool, patience: Self.patience)
        return Changes(batches: batches, scope: scope, catalogue: catalogue)
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

    let batches: StreamReader.Batches
    let scope: ChangeScope
    let catalogue: Catalogue

    public func makeAsyncIterator() -> Iterator {
        Iterator(batches: batches.makeAsyncIterator(), folding: ChangeFolding(scope: scope, catalogue: catalogue))
    }

    public struct Iterator: AsyncIteratorProtocol {
        var batches: StreamReader.Batches.Iterator
        var folding: ChangeFolding
        var isOver = false

        public mutating func next() async throws -> [StreamChange]? {
            while !isOver {
                guard let batch = try await batches.next() else {
                    isOver = true
                    return folding.finish().map { [$0] }
                }
                var changes: [StreamChange] = []
                try batch.forEach { if let change = folding.take($0) { changes.append(change) } }
                if !changes.isEmpty { return changes }
            }
            return nil
        }
    }
}

/// Folds the events of one stream after the other. What cannot be read changes nothing.
struct ChangeFolding: Sendable {
    let scope: ChangeScope
    private var reading: StreamReading
    private var stream: UUID?
    private var before: Entity?
    private var change: StreamChange?

    init(scope: ChangeScope, catalogue: Catalogue) {
        self.scope = scope
        reading = StreamReading(catalogue)
    }

    /// - Returns: the change of the stream before, where this event begins another.
    mutating func take(_ event: FoldedEvent) -> StreamChange? {
        let done = event.stream == stream ? nil : finish()
        stream = event.stream
        switch reading.read(event, hasState: before != nil || change != nil) {
        case .event(let read, let type): apply(read, of: type, event)
        case .skipped(_, let type?) where before != nil || change != nil:
            apply(.skipped(verb: event.type), of: type, event)
        case .skipped, .receipt: break
        }
        return done
    }

    private mutating func apply(_ read: EntityEvent, of type: EntityType, _ event: FoldedEvent) {
        let moment = Entity.Moment(position: event.position, version: event.version, time: event.recordedAt)
        guard let meta = event.meta.flatMap({ try? JSONValue(parsing: $0) }).flatMap({ EventMeta($0) }) else {
            // Before the scope begins, only the state counts.
            if change != nil { return }
            if before == nil {
                before = Entity(id: event.stream, type: type.name, read, at: moment)
            } else {
                before?.apply(read, at: moment)
            }
            return
        }
        let act = Act(
            position: event.position, version: event.version, recordedAt: event.recordedAt, event: event.type,
            actor: meta.actor, command: meta.command, correlation: meta.correlation, reason: meta.reason)
        let isChosen = scope.chooses(act)
        if change != nil {
            change?.take(read, at: moment, act, isChosen: isChosen)
        } else if let before {
            change = StreamChange(type, before: before, read, at: moment, act, isChosen: isChosen)
        } else {
            change = StreamChange(type, id: event.stream, read, at: moment, act, isChosen: isChosen)
        }
    }

    mutating func finish() -> StreamChange? {
        defer { (stream, before, change) = (nil, nil, nil) }
        return change
    }
}
