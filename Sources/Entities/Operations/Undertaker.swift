import Catalogue
import Commands
import EventLog
import JSON
import Postgres
import System
import Telemetry

/// Records operations as failed whose process has ended without a word.
///
/// An operation is dead when nobody has held its lock for ``OperationLimits/deadAfter`` and no event has come from it
/// meanwhile. Every node may look: only the first to record it succeeds.
public final class Undertaker: Sendable {
    private struct Suspect: Equatable {
        let version: Int
        let since: Duration
    }

    private let catalogue: Catalogue
    private let pool: PostgresPool
    private let writer: StudioWriter
    private let identifiers: any IdentifierSource
    private let limits: OperationLimits
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Duration
    private let logger: Logger
    private let suspects = Lock<[UUID: Suspect]>([:])
    private let work = Lock<Task<Void, Never>?>(nil)

    init(
        catalogue: Catalogue, pool: PostgresPool, writer: StudioWriter,
        identifiers: any IdentifierSource, limits: OperationLimits, clock: any Clock<Duration>, logger: Logger
    ) {
        self.catalogue = catalogue
        self.pool = pool
        self.writer = writer
        self.identifiers = identifiers
        self.limits = limits
        self.clock = clock
        now = clock.stopwatch()
        self.logger = logger.named("operations")
    }

    /// Looks at once and then now and then.
    public func start() {
        work.withLock { work in
            precondition(work == nil, "an undertaker starts once")
            work = Task { await self.keepLooking() }
        }
    }

    public func stop() async {
        let task = work.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    private func keepLooking() async {
        while !Task.isCancelled {
            do { _ = try await look() } catch {
                if Task.isCancelled { return }
                logger.warning("it cannot be seen which operations are dead", ["error": "\(error)"])
            }
            let isCalm = suspects.withLock { $0.isEmpty }
            // A process that dies tells nobody: one has to look now and then.
            try? await clock.sleep(for: isCalm ? limits.watchInterval : limits.suspectInterval)
        }
    }

    /// What a look has found of an operation that is marked as running.
    struct Finding: Sendable {
        let id: UUID
        let version: Int
        let exclusion: String?
        let resume: String?
        let isHeld: Bool
    }

    /// Records those that are dead.
    ///
    /// - Returns: those that are marked as running all the same.
    @discardableResult
    func look() async throws -> [Finding] {
        let findings: [Finding]
        do { findings = try await self.findings() } catch {
            // Where the database was away, all locks were, and nothing follows from that.
            suspects.withLock { $0 = [:] }
            throw error
        }
        let time = now()
        let dead = suspects.withLock { suspects in
            let before = suspects
            suspects = [:]
            return findings.filter { finding in
                if finding.isHeld { return false }
                var suspect = Suspect(version: finding.version, since: time)
                if let known = before[finding.id], known.version == finding.version { suspect = known }
                suspects[finding.id] = suspect
                return time - suspect.since >= limits.deadAfter
            }
        }
        for finding in dead { try await record(finding) }
        return findings.filter { finding in !dead.contains { $0.id == finding.id } }
    }

    private func findings() async throws -> [Finding] {
        let rows = try await pool.query("operations_running", OperationStatement.running)
        let running = try rows.decode(UUID.self, Int.self, String?.self, String?.self)
        if running.isEmpty { return [] }
        let locks = running.map { OperationLock.of($0.0) }
        let free = try await pool.query("operation_locks_missing", OperationLock.missing(locks))
        let missing: [Int64] = try free.decode(Int64.self)
        return zip(running, locks).map { row, lock in
            Finding(
                id: row.0, version: row.1, exclusion: row.2, resume: row.3, isHeld: !missing.contains(lock))
        }
    }

    /// Returns once no other operation of the group is marked as running.
    ///
    /// - Parameter waits: whether to wait until it is clear what became of one that nobody seems to carry.
    func settle(_ group: String, except id: UUID, waits: Bool) async throws {
        while true {
            let others = try await look().filter { $0.exclusion == group && $0.id != id }
            if let living = others.first(where: \.isHeld) { throw OperationRefusal.busy(living.id) }
            guard let uncertain = others.first else { return }
            if !waits { throw OperationRefusal.uncertain(uncertain.id) }
            try await clock.sleep(for: limits.suspectInterval)
        }
    }

    private func record(_ dead: Finding) async throws {
        guard let type = catalogue[type: "operation"] else { return }
        let advice =
            dead.resume.map { "To go on where it stopped, run: \($0)" } ?? "Start it again if it is still wanted."
        let detail =
            "The process that carried it ended without a word: it was killed, its machine stopped, or it could not reach the "
            + "database at its end. What it had written by then is there. \(advice)"
        var meta = EventMeta(actor: Self.actor, command: identifiers.next())
        meta.correlation = dead.id
        var command = EntityCommand(
            .declared(
                verb: "failed",
                [
                    "status": "failed", "message": .string("Its process ended. \(advice)"),
                    "problem": ["title": "Its process ended", "detail": .string(detail)],
                ]), on: dead.id, of: type, meta: meta)
        // Whoever wrote anything since is alive.
        command.expected = [dead.version]
        do { _ = try await writer.submit(command) } catch Rejection.conflict {
            return
        }
        logger.warning("an operation's process ended", ["operation": "\(dead.id)"])
    }

    private static let actor = "operations"
}
