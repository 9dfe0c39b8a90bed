import Accounts
package import Backup
package import Postgres
import Recovery
package import System
package import Telemetry

/// Looks after backups while the server runs: tells metrics how they stand, and does what the schedule has.
package final class BackupKeeper: Sendable {
    /// Between two looks.
    private static let interval: Duration = .seconds(30)
    /// In the log, where nobody asked.
    private static let actor = Actor.system("schedule")

    /// What is done when; nil where somebody else sees to backups.
    package typealias Duty = (schedule: BackupSchedule, chores: BackupChores)

    private let pool: PostgresPool
    private let duty: Duty?
    private let clock: any WallClock
    private let logger: Logger
    private let metrics: Metrics
    private let recorded = Lock(RecordedBackups())
    /// The figures that metrics have.
    private let told = Lock<Set<String>>([])
    private let tasks = Lock<[Task<Void, Never>]>([])

    package init(
        _ pool: PostgresPool, _ duty: Duty?, metrics: Metrics, logger: Logger,
        clock: any WallClock = SystemWallClock()
    ) {
        self.pool = pool
        self.duty = duty
        self.logger = logger.named("backup")
        self.clock = clock
        self.metrics = metrics
    }

    package func start() {
        let looking = Task {
            while !Task.isCancelled {
                await look()
                try? await Task.sleep(for: Self.interval)
            }
        }
        tasks.withLock { $0.append(looking) }
        guard let duty else { return }
        logger.info("backups are made by schedule", ["schedule": "\(duty.schedule)"])
        let working = Task {
            while !Task.isCancelled {
                await work(duty)
                try? await Task.sleep(for: Self.interval)
            }
        }
        tasks.withLock { $0.append(working) }
    }

    /// Ends what is under way, which leaves no half a backup. To be called while the log can still be written.
    package func stop() async {
        let running = tasks.withLock { $0 }
        for task in running { task.cancel() }
        for task in running { await task.value }
    }

    private func look() async {
        do {
            let found = try await RecordedBackups.read(from: pool)
            recorded.withLock { $0 = found }
            observe()
        } catch {
            // What was known stays what is told: the database's own metrics say that it is away.
            logger.debug("cannot tell how backups stand", ["error": "\(error)"])
        }
    }

    private func work(_ duty: Duty) async {
        do {
            var begun: Set<BackupSchedule.Work> = []
            // Asked again after each: a full backup also does for an incremental one.
            while let item = try await duty.chores.agenda(of: duty.schedule, now: clock.now()).first(where: {
                $0.isDue && !begun.contains($0.work)
            }) {
                if Task.isCancelled { return }
                begun.insert(item.work)
                do {
                    try await duty.chores.run(item.work, actor: Self.actor.name)
                    logger.info("done by schedule", ["work": item.work.rawValue])
                } catch {
                    logger.error("what was scheduled has failed", ["work": item.work.rawValue, "error": "\(error)"])
                }
                await look()
            }
        } catch {
            logger.warning("cannot tell what is due", ["error": "\(error)"])
        }
    }

    private struct Figure {
        let name: String
        let help: String
        let read: @Sendable (RecordedBackups, _ now: Timestamp) -> Double?
    }

    private static let figures = [
        Figure(
            name: "lifeos_backup_rto_seconds",
            help: "How long the last drill took from nothing to a system that can be served."
        ) { recorded, _ in recorded.rtoSeconds },
        Figure(
            name: "lifeos_backup_rpo_seconds",
            help: "The age of the oldest change that no backup has; 0 where all are in one."
        ) { $0.rpoSeconds(now: $1) },
        Figure(name: "lifeos_backup_last_success_timestamp_seconds", help: "When a backup was last made.") {
            recorded, _ in recorded.lastBackup.map { Double($0.microsecondsSinceEpoch) / 1_000_000 }
        },
    ]

    /// Each from when there is something to tell: an observation that has nothing to say ends.
    private func observe() {
        let found = recorded.withLock { $0 }
        let clock = clock
        for figure in Self.figures where figure.read(found, clock.now()) != nil {
            guard told.withLock({ $0.insert(figure.name).inserted }) else { continue }
            metrics.observe(figure.name, help: figure.help) { [weak self] in
                self.flatMap { figure.read($0.recorded.withLock { $0 }, clock.now()) }
            }
        }
    }
}
