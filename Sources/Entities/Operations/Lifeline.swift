import Postgres
import System
import Telemetry

/// Shows that this process lives and carries its operations: for each it holds a lock in the database, all on one
/// connection that is kept while there are any. When the process dies, whatever the reason, the locks go.
///
/// A lost connection is replaced and the locks are taken again. An operation that has no lock for so long that others took
/// it for dead is told to stop.
actor Lifeline {
    typealias Stop = @Sendable (OperationStop) -> Void

    private struct Held {
        var locks: [Int64]
        var group: String?
        let stop: Stop
    }

    private let pool: PostgresPool
    private let limits: OperationLimits
    private let clock: any Clock<Duration>
    private let logger: Logger
    private var held: [UUID: Held] = [:]
    /// Taken within this process: a connection may take its own locks again.
    private var groups: Set<String> = []
    private var opening: Task<KeptConnection, any Error>?
    private var care: Task<Void, Never>?
    /// Locks that are being taken: the connection must not be closed under them.
    private var takingCount = 0

    init(_ pool: PostgresPool, limits: OperationLimits, clock: any Clock<Duration>, logger: Logger) {
        self.pool = pool
        self.limits = limits
        self.clock = clock
        self.logger = logger.named("operations")
    }

    /// Holds the operation's lock, and that of its group, until it is released.
    ///
    /// - Parameter stop: called, possibly several times, when the operation has to stop.
    /// - Returns: false where another operation of the group is under way, here or elsewhere, or this one is.
    func hold(_ id: UUID, group: String?, stop: @escaping Stop) async throws -> Bool {
        if held[id] != nil { return false }
        let locks = [OperationLock.of(id)] + (group.map { [OperationLock.of(group: $0)] } ?? [])
        if let group, !groups.insert(group).inserted { return false }
        takingCount += 1
        defer { takingCount -= 1 }
        do {
            guard try await use({ try Self.take(locks, on: $0) }) else {
                if let group { groups.remove(group) }
                return false
            }
        } catch {
            if let group { groups.remove(group) }
            throw error
        }
        held[id] = Held(locks: locks, group: group, stop: stop)
        if care == nil { care = Task { await self.keepCaring() } }
        return true
    }

    /// Lets others of the group begin, while the operation's own end is yet to be recorded.
    func releaseGroup(of id: UUID) async {
        guard let group = held[id]?.group else { return }
        let lock = OperationLock.of(group: group)
        held[id]?.group = nil
        held[id]?.locks.removeAll { $0 == lock }
        await unlock([lock])
        groups.remove(group)
    }

    func release(_ id: UUID) async {
        await releaseGroup(of: id)
        guard let gone = held.removeValue(forKey: id) else { return }
        if held.isEmpty, takingCount == 0 { await close() } else { await unlock(gone.locks) }
    }

    /// Lets go of everything at once, as the end of the process would.
    func close() async {
        care?.cancel()
        care = nil
        let former = opening
        opening = nil
        if let connection = try? await former?.value { await connection.close() }
    }

    private func keepCaring() async {
        while !Task.isCancelled {
            // A lost connection tells nobody: it has to be looked for.
            try? await clock.sleep(for: limits.careInterval)
            if Task.isCancelled { return }
            // A connection that was cut shows when it is used: then another is made at once.
            do { try await look() } catch {
                // Closed meanwhile: another connection would hold the locks of operations that nobody carries any more.
                if Task.isCancelled { return }
                do { try await look() } catch {
                    logger.warning("the locks of operations cannot be looked after", ["error": "\(error)"])
                }
            }
        }
    }

    /// Takes locks again that went with a lost connection, and tells operations that have to stop.
    private func look() async throws {
        let ids = Array(held.keys)
        let locks = held.values.flatMap(\.locks)
        let (taken, refused) = try await use { connection in
            let missing = try connection.query("operation_locks_missing", OperationLock.missing(locks, mine: true))
            var (taken, refused) = ([Int64](), [Int64]())
            for lock in try missing.decode(Int64.self) {
                if try Self.take([lock], on: connection) { taken.append(lock) } else { refused.append(lock) }
            }
            return (taken, refused)
        }
        if Task.isCancelled { return }
        let still = Set(held.values.flatMap(\.locks))
        let needless = taken.filter { !still.contains($0) }
        if !needless.isEmpty { await unlock(needless) }
        for (_, held) in held where held.locks.contains(where: refused.contains) { held.stop(.disowned) }
        let rows = try await use { try $0.query("operations_carried", OperationStatement.states(of: ids)) }
        for (id, status, isUnwanted) in try rows.decode(UUID.self, String?.self, Bool.self) {
            if status != "running" { held[id]?.stop(.disowned) } else if isUnwanted { held[id]?.stop(.asked) }
        }
    }

    private static func take(_ locks: [Int64], on connection: isolated Connection) throws -> Bool {
        for (index, lock) in locks.enumerated() {
            if try connection.query("operation_lock", "SELECT pg_try_advisory_lock(\(lock))").only(Bool.self) {
                continue
            }
            for other in locks[..<index] {
                _ = try connection.query("operation_unlock", "SELECT pg_advisory_unlock(\(other))")
            }
            return false
        }
        return true
    }

    private func unlock(_ locks: [Int64]) async {
        do {
            try await use { connection in
                _ = try connection.query(
                    "operation_unlock", "SELECT pg_advisory_unlock(lock) FROM unnest(\(locks)) AS lock")
            }
        } catch {
            // With the connection all locks go; those that are wanted are taken again.
            let former = opening
            opening = nil
            if let connection = try? await former?.value { await connection.close() }
        }
    }

    /// Not stopped by cancelling whoever asks: a lock that was taken must be known.
    private func use<Result: Sendable>(
        _ body: @escaping @Sendable (isolated Connection) throws -> Result
    ) async throws -> Result {
        let opening = opening ?? Task { [pool] in try await pool.keepConnection() }
        self.opening = opening
        let timeout = limits.careTimeout
        do {
            return try await Task {
                try await opening.value.withConnection { connection in
                    connection.statementTimeout = timeout
                    return try body(connection)
                }
            }.value
        } catch let error as PostgresError {
            let connection = error.isConnectionLost ? nil : try? await opening.value
            if connection == nil, self.opening == opening { self.opening = nil }
            throw error
        }
    }
}
