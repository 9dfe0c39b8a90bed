import Catalogue
import Entities
import EventLog
import JSON
import Postgres
import Projections
import System
import Telemetry
import TestStudio
import TestSupport

/// One more service on a studio's database, as another node or a command beside it would be, with little patience.
struct Node: Sendable {
    let service: EntityService
    let background: Background
    let pool: PostgresPool

    static var limits: OperationLimits {
        var limits = OperationLimits()
        limits.progressInterval = .milliseconds(20)
        limits.careInterval = .milliseconds(30)
        limits.deadAfter = .milliseconds(600)
        limits.watchInterval = .milliseconds(50)
        limits.suspectInterval = .milliseconds(50)
        return limits
    }

    static func with<Result: Sendable>(
        _ studio: Studio, _ limits: OperationLimits = limits, catalogue: Catalogue? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        _ body: (Node) async throws -> Result
    ) async throws -> Result {
        let pool = try await PostgresPool(
            configuration: .init(connection: studio.database.conninfo), metrics: Metrics(), logger: .silent)
        let blueprint = try Studio.blueprint(of: catalogue ?? studio.catalogue)
        let service = EntityService(
            blueprint, on: pool, operations: limits, clock: clock, metrics: Metrics(), logger: .silent)
        let node = Node(service: service, background: Background(service, logger: .silent), pool: pool)
        do {
            let result = try await service.running { _ in try await node.running(body) }
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }

    private func running<Result>(_ body: (Node) async throws -> Result) async throws -> Result {
        do {
            let result = try await body(self)
            await background.stop()
            return result
        } catch {
            await background.stop()
            throw error
        }
    }

    func meta(_ actor: String = "mira") -> EventMeta { EventMeta(actor: actor, command: service.identifiers.next()) }

    /// Work that waits until it is let go on.
    func start(
        _ barrier: Barrier, exclusion: String? = nil, kind: String = "waiting"
    ) async throws -> Background.Started {
        try await background.start(
            .init(kind, "Waiting", exclusion: exclusion, whenStopped: "Nothing was done.") { parameters, reporter in
                reporter.report(done: 1, total: 2)
                try await barrier.wait()
                return ["seen": .object(parameters)]
            }, parameters: ["n": 1], askedBy: meta())
    }

    /// What the log has made of an operation.
    func data(of id: UUID) async throws -> JSONValue {
        guard let type = service.catalogue[type: "operation"] else { return .null }
        let reader = EntityReader(pool: pool, catalogue: service.catalogue)
        guard let document = try await reader.find(id, of: type) else { return .null }
        return try JSONValue(parsing: document)["data"] ?? .null
    }

    func waitForEnd(of id: UUID) async throws -> JSONValue {
        var data = JSONValue.null
        try await eventually(within: .seconds(30), "the operation has ended") {
            data = try await self.data(of: id)
            return data["status"] != "running"
        }
        return data
    }

    func status(of id: UUID) async throws -> String? { try await data(of: id)["status"]?.string }

    /// The server processes that hold advisory locks, but for those of rebuilds.
    func holders() async throws -> [Int32] {
        try await pool.query("holders", Self.holdersQuery).decode(Int32.self)
    }

    static let holdersQuery: SQL =
        """
        SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND database =
            (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    func cutHolders() async throws {
        for holder in try await holders() {
            _ = try await pool.query("cut", "SELECT pg_terminate_backend(\(holder))")
        }
    }
}

/// Lets those through who wait, once it is open.
final class Barrier: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var last: UInt64 = 0
    }

    private let state = Lock(State())

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async throws {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.isOpen { return .success(()) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiting[number] = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }
}
