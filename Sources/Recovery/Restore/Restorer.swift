public import Backup
public import Entities
import EventLog
public import Postgres
import Projections
import System
public import Telemetry

/// Brings a backup back: blobs, log, tables; and then looks at all of it.
///
///     let reader = try await BackupReader.newest(shelf)
///     let report = try await Restorer(reader, blueprint, logger: logger).restore(into: pool, blobs: "\(home)/blobs")
///
/// When it throws, the log is as empty as it was, and a new database is gone. Blobs that came back so far may stay: their
/// names say what they are, and nothing refers to them.
public struct Restorer: Sendable {
    public typealias Report = @Sendable (FillingProgress) -> Void

    private let reader: BackupReader
    private let blueprint: Blueprint
    private let logger: Logger

    public init(_ reader: BackupReader, _ blueprint: Blueprint, logger: Logger) {
        self.reader = reader
        self.blueprint = blueprint
        self.logger = logger
    }

    /// Restores into a database whose log is empty; it becomes the installation that the backup was made of.
    ///
    /// - Parameters:
    ///   - last: the last event wanted; default all.
    ///   - blobs: the folder for the blobs; nil leaves them out.
    /// - Throws: ``InsideCommand`` where `last` lies within a command.
    public func restore(
        upTo last: Int? = nil, into pool: PostgresPool, blobs: String?, progress: @escaping Report = { _ in }
    ) async throws -> RestoreReport {
        if let last, last > reader.head.position {
            throw RestoreError.endsBefore(position: last, head: reader.head.position)
        }
        let end = if let last { try await reader.commandEnd(at: last) } else { reader.end }
        try await blueprint.migrate(pool, logger: logger)
        let head = try await EventReader(pool: pool).head()
        guard head.position == 0 else { throw RestoreError.logNotEmpty(head: head.position) }
        var report = RestoreReport()
        if let blobs {
            try await Self.timed(.blobs, &report) { report in
                report.blobsWritten = try await reader.restoreBlobs(into: blobs) {
                    progress(FillingProgress(.blobs, done: $0, total: $1))
                }
            }
        }
        let former = try await installation(of: pool)
        try await Self.timed(.copying, &report) { report in
            report.head = try await fill(pool, upTo: end, progress)
        }
        do {
            try await lookAt(pool, &report, progress)
        } catch {
            await takeBack(report.head, in: pool, former)
            throw error
        }
        return report
    }

    /// Restores into a new database beside that of the pool.
    public func restore(
        upTo last: Int? = nil, intoNew name: String, beside pool: PostgresPool, blobs: String?,
        progress: @escaping Report = { _ in }
    ) async throws -> RestoreReport {
        try await NewDatabase(pool: pool, name: name, logger: logger).make { target in
            try await restore(upTo: last, into: target, blobs: blobs, progress: progress)
        }
    }

    private func fill(
        _ pool: PostgresPool, upTo end: CommandEnd, _ progress: @escaping Report
    ) async throws -> LogHead {
        if end == .start { return .start }
        let installation = reader.chain.last?.installation
        return try await blueprint.fill(
            pool, upTo: end, expecting: end == reader.end ? reader.head.hash : nil, of: reader.chain.last?.logID,
            from: reader.events(upTo: end.position), progress: progress
        ) { connection in
            if let installation { try Self.name(installation, on: connection) }
        }
    }

    private func lookAt(_ pool: PostgresPool, _ report: inout RestoreReport, _ progress: @escaping Report) async throws
    {
        try await Self.timed(.building, &report) { _ in
            try await blueprint.project(in: pool, logger: logger, progress: progress)
        }
        try await Self.timed(.verifying, &report) { report in
            let (head, total) = (StatedHead(report.head), report.head.position)
            let found = try await LogVerifier(pool: pool).verify(expectedHead: head) {
                progress(FillingProgress(.verifying, done: $0, total: total))
            }
            if let fault = found.fault { throw RestoreError.unsound(explanation: fault.explanation) }
            report.verifiedCount = found.verifiedCount
        }
        try await Self.timed(.checking, &report) { report in
            let found = try await Checker(set: blueprint.set, fold: blueprint.fold, pool: pool).check { step in
                progress(FillingProgress(.checking, done: step.eventsDone, total: step.eventsTotal))
            }
            let differing = found.projections.filter { !$0.isSame }.map(\.name)
            guard differing.isEmpty else { throw RestoreError.differing(differing) }
            report.checked = found.projections.map(\.name)
        }
    }

    private static func timed(
        _ phase: FillingProgress.Phase, _ report: inout RestoreReport,
        _ body: (inout RestoreReport) async throws -> Void
    ) async throws {
        let start = ContinuousClock.now
        try await body(&report)
        report.seconds.append((phase, (ContinuousClock.now - start).inSeconds))
    }

    // MARK: Identity

    private func installation(of pool: PostgresPool) async throws -> UUID {
        try await pool.query("installation", "SELECT id FROM installation").only(UUID.self)
    }

    private static func name(_ installation: UUID, on connection: isolated Connection) throws {
        try connection.execute("installation_name", "UPDATE installation SET id = \(installation)")
    }

    /// Leaves the log as empty as it was, also where the task was cancelled over it.
    private func takeBack(_ head: LogHead, in pool: PostgresPool, _ former: UUID) async {
        guard head.position > 0 else { return }
        let taking = Task {
            // First: where the disk is full, this makes the room that the rest needs.
            try await pool.dropUnfinishedProjections()
            try await LogFiller(pool: pool).takeBack(head) { connection in
                try Self.name(former, on: connection)
                try connection.markProjectionsStale()
            }
        }
        if case .failure(let error) = await taking.result {
            logger.error("a restore that failed could not be taken back", ["error": "\(error)"])
        }
    }
}
