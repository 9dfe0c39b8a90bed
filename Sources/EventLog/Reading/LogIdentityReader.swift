public import Postgres
import System

/// Tells which log a database holds. Asks the database only once, since that never changes while it is served.
public final class LogIdentityReader: Sendable {
    private let reader: EventReader
    private let known = Lock<(identity: LogIdentity, isEmpty: Bool)?>(nil)

    public init(_ reader: EventReader) { self.reader = reader }

    public convenience init(pool: PostgresPool) { self.init(EventReader(pool: pool)) }

    public func identity() async throws -> LogIdentity {
        let before = known.withLock { $0 }
        if let before, !before.isEmpty { return before.identity }
        do {
            // An empty log may be filled by a restore yet, and then continues another.
            let now = try await reader.identity()
            known.withLock { $0 = now }
            return now.identity
        } catch {
            guard let before else { throw error }
            return before.identity
        }
    }
}

extension EventReader {
    /// Which log this is, and whether it has no event yet.
    public func identity() async throws -> (identity: LogIdentity, isEmpty: Bool) {
        let rows = try await pool.query(
            "log_identity", "SELECT log_id, predecessor, predecessor_position, position = 0 FROM log.head")
        let (id, predecessor, position, isEmpty) = try rows.only(UUID.self, UUID?.self, Int?.self, Bool.self)
        let identity = LogIdentity(
            id: LogID(id),
            predecessor: position.map { LogPredecessor(log: predecessor.map { LogID($0) }, position: $0) })
        return (identity, isEmpty)
    }
}
