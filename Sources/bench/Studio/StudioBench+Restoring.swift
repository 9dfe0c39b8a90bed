import Backup
import Entities
import EventLog
import Postgres
import Projections
import Recovery
import System
import Telemetry

/// Backup, restore and forks, against PostgreSQL's own programs on the same database.
extension StudioBench {
    /// - Parameter events: how many the log is to have.
    func restoring(_ events: Int) async throws -> [Comparison] {
        let pool = try await restoringPool()
        let blueprint = try Blueprint(
            projections: "\(Bench.checkout)/projections", events: ["\(Bench.checkout)/events"])
        try await blueprint.migrate(pool, logger: .silent)
        try await fill(to: events)
        try await blueprint.set.bringUpToDate(in: pool, fold: blueprint.fold, logger: .silent)
        try await psql("VACUUM ANALYZE")
        let restoring = Restoring(
            bench: self, pool: pool, head: try await EventReader(pool: pool).head(), blueprint: blueprint)
        let rows = try await restoring.rows()
        await pool.close()
        return rows
    }

    private func restoringPool() async throws -> PostgresPool {
        var configuration = PoolConfiguration(connection: conninfo)
        configuration.connection.statementTimeout = .seconds(280)
        return try await PostgresPool(configuration: configuration, metrics: Metrics(), logger: .silent)
    }
}

/// One log that is saved and brought back. Both sides are told in events of it a second.
private struct Restoring {
    let bench: StudioBench
    let pool: PostgresPool
    let head: LogHead
    let blueprint: Blueprint

    private var events: String { "\(number(Double(head.position))) events" }
    private var dump: String { "\(bench.folder)/studio.dump" }

    func rows() async throws -> [Comparison] {
        let shelf = BackupShelf(FolderStore("\(bench.folder)/backups"), Keyring(nil))
        let backup = try await Comparison.alternate(
            "full backup of \(events)", unit: "events/s", against: "pg_dump -Fc", aim: .ratioAtLeast(1), rounds: 1,
            ours: {
                try await perSecond {
                    _ = try await BackupCreator(pool: pool, shelf: shelf, blobs: nil).create(.full, upTo: head)
                }
            },
            peer: {
                try await perSecond { _ = try await bench.run("pg_dump", ["-Fc", "-f", dump, "-d", bench.conninfo]) }
            })
        let reader = try await BackupReader.newest(shelf)
        return [backup] + (try await verifying(shelf)) + (try await restoring(reader)) + [try await forking()]
    }

    /// At most five microseconds an event: 200,000 a second on one core.
    private func verifying(_ shelf: BackupShelf) async throws -> [Comparison] {
        let backup = 1e6 / (try await perSecond { _ = try await BackupVerifier(shelf, workers: 1).verify() })
        var configuration = LogVerifier.Configuration()
        configuration.workers = 1
        let verifier = LogVerifier(pool: pool, configuration: configuration)
        let log = 1e6 / (try await perSecond { _ = try await verifier.verify(to: head.position) })
        return [
            .absolute("backup verify, one worker", unit: "µs/event", aim: .atMost(5), values: [backup]),
            .absolute("log verify, one worker", unit: "µs/event", aim: .atMost(5), values: [log]),
        ]
    }

    private func restoring(_ reader: BackupReader) async throws -> [Comparison] {
        var unlooked: Double = 0
        let served = try await Comparison.alternate(
            "restore of \(events), looked at and served", unit: "events/s", against: "pg_restore -j 2, served",
            aim: .ratioAtLeast(0.5), rounds: 1,
            ours: {
                var seconds: Double = 0
                let rate = try await perSecond {
                    let report = try await Restorer(reader, blueprint, logger: .silent).restore(
                        intoNew: "restored", beside: pool, blobs: nil)
                    seconds = report.seconds.filter { $0.phase == .copying || $0.phase == .building }
                        .reduce(0) { $0 + $1.seconds }
                    try await serve("restored")
                }
                unlooked = Double(head.position) / seconds
                try await bench.psql("DROP DATABASE restored WITH (FORCE)")
                return rate
            },
            peer: {
                let rate = try await perSecond {
                    try await restoreDump(into: "dumped")
                    try await serve("dumped")
                }
                try await bench.psql("DROP DATABASE dumped WITH (FORCE)")
                return rate
            })
        return [
            served,
            Comparison(
                name: "restore, without looking and serving", unit: "events/s", ours: unlooked,
                peerName: served.peerName, peer: served.peer, ratio: served.peer.map { unlooked / $0 }, aim: .none),
        ]
    }

    private func forking() async throws -> Comparison {
        let forks = Forks(pool: pool, blueprint: blueprint, logger: .silent)
        return try await .alternate(
            "fork of \(events)", unit: "events/s", against: "pg_dump and pg_restore -j 2", aim: .ratioAtLeast(0.5),
            rounds: 1,
            ours: {
                let rate = try await perSecond { _ = try await forks.make(name: "bench", at: head.position) }
                try await forks.drop("bench")
                return rate
            },
            peer: {
                let rate = try await perSecond {
                    _ = try await bench.run("pg_dump", ["-Fc", "-f", dump, "-d", bench.conninfo])
                    try await restoreDump(into: "dumped")
                }
                try await bench.psql("DROP DATABASE dumped WITH (FORCE)")
                return rate
            })
    }

    private func restoreDump(into name: String) async throws {
        try await bench.psql("CREATE DATABASE \(name) TEMPLATE template0")
        _ = try await bench.run("pg_restore", ["-j", "2", "-d", try conninfo(name), dump])
    }

    /// Until it says that it is ready.
    private func serve(_ database: String) async throws {
        var other = bench
        other.conninfo = try conninfo(database)
        try await other.serving { _ in }
    }

    private func conninfo(_ database: String) throws -> String {
        try ConnectionConfiguration(connection: bench.conninfo).inDatabase(database).connection
    }

    private func perSecond(_ body: () async throws -> Void) async throws -> Double {
        let start = ContinuousClock.now
        try await body()
        return Double(head.position) / start.duration(to: .now).inSeconds
    }
}
