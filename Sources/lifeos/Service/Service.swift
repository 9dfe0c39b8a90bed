import API
import Accounts
import CLI
import Configuration
import HTTPServer
import PrivatePostgres
import System
import Telemetry

/// Everything that `lifeos serve` starts, in order, and stops, in reverse.
struct Service {
    private let database: Database
    private let studio: Studio
    private let server: HTTPServer
    private let address: String
    private let tokenSource: String

    static func start(_ settings: Settings, _ instruments: Instruments) async throws -> Service {
        let (metrics, logger) = (instruments.metrics, instruments.logger)
        let folders = try Folders(settings)
        let listen = ServerAddress(settings[LifeOSSettings.listen])
        let tls = try tls(settings)
        let (token, tokenSource) = try adminToken(settings)
        let database = try await Database.open(settings, role: .own, metrics: metrics, logger: logger)
        do {
            try await database.migrate(folders, logger: logger)
            let headers = SecurityHeaders(isSecure: tls != nil)
            let studio = try await Studio.open(
                database.pool, folders, headers: headers, metrics: metrics, logger: logger)
            let scheme = tls == nil ? "http" : "https"
            let router = try Routes.router(
                .init(
                    metrics: metrics, checks: HealthChecks.all(pool: database.pool), token: token, isSecure: tls != nil,
                    address: "\(scheme)://\(listen)", dashboards: folders.dashboards, headers: headers,
                    catalogue: studio.catalogue, entities: studio.routes, log: studio.log, cache: studio.cache,
                    projections: studio.projections, audit: AuditRoutes(pool: database.pool)))
            let server = HTTPServer(
                configuration: .init(listen: listen, tls: tls), router: router, metrics: metrics, logger: logger)
            do { try server.start() } catch {
                throw Failure(
                    "\(listen) cannot be used: \(error).",
                    advice: "Stop the program that uses it, or set LIFEOS_LISTEN to another address.")
            }
            let address = "\(scheme)://\(server.boundAddress ?? listen)"
            studio.start()
            logger.info("answering", ["address": address])
            return Service(
                database: database, studio: studio, server: server, address: address, tokenSource: tokenSource)
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
            ["address": .text(address), "token_source": .text(tokenSource)])
        output.note("Ctrl-C stops it.")
    }

    func stop(grace: Duration) async {
        await server.stop(grace: grace)
        await studio.stop()
        await database.close()
    }

    private static func adminToken(_ settings: Settings) throws -> (AdminToken, source: String) {
        if let text = settings[LifeOSSettings.adminToken] {
            return (AdminToken(text.revealed()), LifeOSSettings.adminToken.declaration.name)
        }
        let home = settings[LifeOSSettings.home]
        try Files.makeFolder(home, mode: 0o700)
        return (try AdminToken.load(orMake: "\(home)/admin-token"), "\(home)/admin-token")
    }

    private static func tls(_ settings: Settings) throws -> HTTPServer.TLS? {
        switch (settings[LifeOSSettings.tlsCertificate], settings[LifeOSSettings.tlsKey]) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            return .init(certificate: try Files.readText(certificate), key: try Files.readText(key))
        default:
            throw Failure(
                "Only one of LIFEOS_TLS_CERTIFICATE and LIFEOS_TLS_KEY is set.",
                advice: "Set both for HTTPS, or none for HTTP.", code: .configuration, exitCode: .usage)
        }
    }
}
