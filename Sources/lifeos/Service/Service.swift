import API
import Accounts
import CLI
import Configuration
import Entities
import EventLog
import HTTPServer
import PrivatePostgres
import Replay
import System
import Telemetry

/// Everything that `lifeos serve` starts, in order, and stops, in reverse.
struct Service {
    private let database: Database
    private let studio: Studio
    /// Nil in a fork: what is tried there is not worth a backup.
    private let keeper: BackupKeeper?
    private let server: HTTPServer
    private let address: String
    private let tokenSource: String
    private let mark: ForkMark?

    /// - Parameters:
    ///   - fork: the fork to serve; nil for the installation itself.
    ///   - wanted: where to answer; nil for what the settings say.
    static func start(
        _ settings: Settings, _ instruments: Instruments, fork: String? = nil,
        listen wanted: Configuration.ListenAddress? = nil
    ) async throws -> Service {
        let (metrics, logger) = (instruments.metrics, instruments.logger)
        let folders = try Folders(settings)
        let listen = ServerAddress(wanted ?? ForkMark.address(settings, isFork: fork != nil))
        let tls = try TLSFiles.load(settings)
        let (token, tokenSource) = try adminToken(settings)
        let database = try await open(settings, folders, fork: fork, instruments)
        do {
            try await database.migrate(folders, logger: logger)
            let mark = try await ForkOrigin.read(from: database.pool).map { ForkMark(origin: $0) }
            let headers = SecurityHeaders(isSecure: tls != nil, more: [mark?.header].compactMap { $0 })
            let writer = CommandWriterConfiguration(settings)
            try await tell(of: LogEnd.read(from: database.pool), tolerance: writer.clockTolerance, logger)
            let studio = try await Studio.open(
                database.pool, folders, headers: headers, writer: writer, metrics: metrics, logger: logger)
            let backups = try BackupPlace(settings, metrics: metrics, logger: logger)
            let scheme = tls == nil ? "http" : "https"
            let router = try Routes.router(
                .init(
                    metrics: metrics,
                    checks: HealthChecks.all(
                        studio.service, clockTolerance: writer.clockTolerance, mark),
                    token: token,
                    isSecure: tls != nil, mark: mark,
                    address: "\(scheme)://\(listen)", dashboards: folders.dashboards, headers: headers,
                    audience: settings[LifeOSSettings.description],
                    catalogue: studio.catalogue, entities: studio.routes, log: studio.log, cache: studio.cache,
                    projections: studio.projections, operations: studio.operations,
                    replay: ReplayRoutes(
                        service: studio.service, background: studio.background,
                        forks: Forks(pool: database.pool, blueprint: try Blueprint(folders), logger: logger)),
                    backups: BackupRoutes(
                        service: studio.service, background: studio.background, shelf: backups.shelf,
                        blobs: backups.blobs, effects: ForkMark.effects(mark)),
                    audit: studio.audit, inspection: studio.inspection,
                    history: studio.history(mark),
                    access: studio.access, signIns: studio.signIns, endedSessions: studio.endedSessions))
            let server = HTTPServer(
                configuration: .init(
                    listen: listen, tls: tls, limits: ConnectionLimits.derive(settings, logger: logger)),
                router: router, metrics: metrics, logger: logger)
            do { try server.start() } catch {
                throw Failure(
                    "\(listen) cannot be used: \(error).",
                    advice: "Stop the program that uses it, or set LIFEOS_LISTEN to another address.")
            }
            let address = "\(scheme)://\(server.boundAddress ?? listen)"
            let keeper =
                ForkMark.effects(mark).areAllowed ? try keeper(settings, studio, folders, instruments) : nil
            studio.start()
            keeper?.start()
            logger.info("answering", ["address": address])
            return Service(
                database: database, studio: studio, keeper: keeper, server: server, address: address,
                tokenSource: tokenSource,
                mark: mark)
        } catch {
            await database.close()
            throw error
        }
    }

    /// A log that cannot be appended to can still be read, so the server starts; readiness says what it lacks.
    private static func tell(of end: LogEnd, tolerance: Duration, _ logger: Logger) {
        let condition = LogCondition(end, here: SystemWallClock().now(), tolerance: tolerance)
        switch condition.state {
        case .sound: break
        case .odd: logger.warning("\(condition.sentence)", ["advice": condition.advice])
        case .unusable: logger.error("\(condition.sentence)", ["advice": condition.advice])
        }
    }

    private static func keeper(
        _ settings: Settings, _ studio: Studio, _ folders: Folders, _ instruments: Instruments
    ) throws -> BackupKeeper {
        let (metrics, logger) = (instruments.metrics, instruments.logger)
        let duty = try settings[BackupSettings.schedule].map { schedule in
            let chores = BackupChores(
                place: try BackupPlace(settings, metrics: metrics, logger: logger), service: studio.service,
                blueprint: try Blueprint(folders), scratch: try BackupChores.scratch(in: settings.home()),
                logger: logger)
            return (schedule: schedule, chores: chores)
        }
        return BackupKeeper(studio.service.pool, duty, metrics: metrics, logger: logger)
    }

    private static func open(
        _ settings: Settings, _ folders: Folders, fork: String?, _ instruments: Instruments
    ) async throws -> Database {
        let (metrics, logger) = (instruments.metrics, instruments.logger)
        let database = try await Database.open(
            settings, role: fork == nil ? .own : .attachOrStart, metrics: metrics, logger: logger)
        guard let fork else { return database }
        do {
            return try await database.inFork(fork, folders, metrics: metrics, logger: logger)
        } catch {
            await database.close()
            throw error
        }
    }

    /// Tells people where it answers and how to sign in; machines read the same as JSON.
    func announce(on output: Output) {
        output.say(
            """
            Life-OS \(LifeOS.version) answers at \(address)
            Console: \(address)/console  (sign in with the token in \(tokenSource))
            """,
            [
                "address": .text(address), "token_source": .text(tokenSource),
                "fork": mark.map { .text($0.origin.name.text) } ?? .nothing,
            ])
        if let mark { output.note(mark.sentence) }
        output.note("Ctrl-C stops it.")
    }

    func stop(grace: Duration) async {
        await server.stop(grace: grace)
        await keeper?.stop()
        await studio.stop()
        await database.close()
    }

    private static func adminToken(_ settings: Settings) throws -> (AdminToken, source: String) {
        if let text = settings[LifeOSSettings.adminToken] {
            return (AdminToken(text.revealed()), LifeOSSettings.adminToken.declaration.name)
        }
        let home = try settings.home()
        try Files.makeFolder(home, mode: 0o700)
        return (try AdminToken.load(orMake: "\(home)/admin-token"), "\(home)/admin-token")
    }
}
