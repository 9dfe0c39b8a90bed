import API
import Entities
import EventLog
import Postgres
import Projections
import Replay
import System
import Telemetry

/// What a node does once it answers, until it answers everything, and what it keeps doing about its tables then.
///
/// The order: pending migrations, the end of the log, tables that cannot answer, the rooms, the gate. Tables that can answer
/// are brought up to date behind the open gate.
struct Opening: Sendable {
    let premises: Premises
    let rooms: [Room]

    private var gate: TableGate { premises.gate }
    private var pool: PostgresPool { premises.pool }
    private var blueprint: Blueprint { premises.configuration.blueprint }
    private var logger: Logger { premises.logger.named("opening") }

    /// Between two tries to bring tables up to date that answer as they are.
    private static let retryPause: Duration = .seconds(60)

    /// - Returns: what is left to do behind the open gate.
    func open() async throws -> TableStanding {
        try await blueprint.migrate(pool, logger: premises.logger)
        gate.change { $0.opening = .following }
        try await tellOfLog()
        try await premises.follow()
        gate.change { $0.isLogFollowed = true }
        let standing = try await bringUpToDate(isUsableEnough: true) { step in gate.change { $0.opening = step } }
        try Task.checkCancellation()
        for room in rooms { room.start() }
        gate.change { state in
            state.opening = nil
            if !standing.isCurrent { state.beside = .begun }
        }
        return standing
    }

    /// Until the task is cancelled.
    func keep(_ standing: TableStanding) async {
        await withTaskGroup { group in
            group.addTask { await catchUp(standing) }
            group.addTask { await watch() }
        }
    }

    private func catchUp(_ standing: TableStanding) async {
        if standing.isCurrent { return }
        while !Task.isCancelled {
            do {
                try await bringUpToDate { step in gate.change { $0.beside = .working(step) } }
                // Answers that were given meanwhile may be the old tables'.
                if !standing.stale.isEmpty { _ = premises.cache.clear() }
                gate.change { $0.beside = nil }
                return
            } catch ProjectionError.superseded {
                gate.change { $0.beside = nil }
                return
            } catch {
                if Task.isCancelled { return }
                logger.error("the tables could not be brought up to date; it is tried again", ["error": "\(error)"])
                gate.change { $0.beside = .failed }
                try? await premises.configuration.pauseClock.sleep(for: Self.retryPause)
            }
        }
    }

    @discardableResult
    private func bringUpToDate(
        isUsableEnough: Bool = false, report: @escaping @Sendable (TableGate.Step) -> Void
    ) async throws -> TableStanding {
        try await blueprint.set.bringUpToDate(
            in: pool, fold: blueprint.fold, configuration: premises.configuration.rebuild,
            isUsableEnough: isUsableEnough, logger: premises.logger.named("projections")
        ) { step in
            switch step {
            case .waiting: report(.waiting)
            case .indexing: report(.indexing)
            case .building(let progress): report(.building(progress))
            }
        }
    }

    /// Looks now and then, and whenever a change was refused, whether the tables are still this version's.
    private func watch() async {
        let interval = premises.configuration.ownerWatchInterval
        let ticking = Task { [clock = premises.configuration.pauseClock] in
            while (try? await clock.sleep(for: interval)) != nil { premises.ownerLook.raise() }
        }
        await withTaskCancellationHandler {
            while !Task.isCancelled {
                await premises.ownerLook.wait()
                if Task.isCancelled { return }
                // Where the database is away, others say so.
                guard let isOurs = try? await blueprint.set.isOwner(in: pool) else { continue }
                if gate.state.isSuperseded == isOurs { note(isOurs) }
            }
        } onCancel: {
            ticking.cancel()
            premises.ownerLook.raise()
        }
    }

    private func note(_ isOurs: Bool) {
        if isOurs {
            logger.info("the tables are this version's again")
            // What others made of them meanwhile is not in it.
            _ = premises.cache.clear()
        } else {
            logger.error("another version has taken over the database; nothing is answered from its tables")
        }
        gate.change { $0.isSuperseded = !isOurs }
    }

    /// A log that cannot be appended to can still be read, so the node opens; readiness says what it lacks.
    private func tellOfLog() async throws {
        let condition = LogCondition(
            try await LogEnd.read(from: pool), here: premises.configuration.clock.now(),
            tolerance: premises.configuration.writer.clockTolerance)
        switch condition.state {
        case .sound: break
        case .odd: premises.logger.warning("\(condition.sentence)", ["advice": condition.advice])
        case .unusable: premises.logger.error("\(condition.sentence)", ["advice": condition.advice])
        }
    }
}
