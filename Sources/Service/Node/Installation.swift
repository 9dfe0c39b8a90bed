import Accounts
import CLI
package import Configuration
import Entities
import EventLog
import HTTPServer
import Postgres
import PrivatePostgres
import Recovery
import System
import Telemetry

/// An installation as the settings describe it, being served: its database and a node on it.
package struct Installation: Sendable {
    private let database: Database
    private let node: Node
    package let address: String
    /// Where those who want to sign in find the token.
    package let tokenSource: String
    /// Nil where it is no fork.
    package let mark: ForkMark?

    /// Returns as soon as it listens; see ``opened()``.
    ///
    /// - Parameters:
    ///   - fork: the fork to serve; nil for the installation itself.
    ///   - wanted: where to answer; nil for what the settings say.
    package static func start(
        _ settings: Settings, _ instruments: Instruments, fork: String? = nil,
        listen wanted: Configuration.ListenAddress? = nil
    ) async throws -> Installation {
        let (metrics, logger) = (instruments.metrics, instruments.logger)
        let folders = try Folders(settings)
        let listen = ServerAddress(wanted ?? ForkMark.address(settings, fork: fork))
        let blueprint = try Blueprint(folders)
        let database = try await open(settings, blueprint, fork: fork, instruments)
        do {
            // After the database, which refuses to serve a fork of a home that is not there.
            let (token, tokenSource) = try adminToken(settings)
            let configuration = try NodeConfiguration(settings, blueprint, folders, listen, token, instruments)
            let node = try await Node.start(configuration, on: database.pool, metrics: metrics, logger: logger)
            let address = "\(configuration.server.tls == nil ? "http" : "https")://\(node.address ?? listen)"
            logger.info("listening", ["address": address])
            return Installation(
                database: database, node: node, address: address, tokenSource: tokenSource, mark: node.premises.mark)
        } catch {
            await database.close()
            throw error
        }
    }

    private static func open(
        _ settings: Settings, _ blueprint: Blueprint, fork: String?, _ instruments: Instruments
    ) async throws -> Database {
        let (metrics, logger) = (instruments.metrics, instruments.logger)
        let database = try await Database.open(
            settings, role: fork == nil ? .own : .attachOrStart, makesHome: fork == nil, metrics: metrics,
            logger: logger)
        guard let fork else { return database }
        do {
            return try await database.inFork(fork, blueprint, metrics: metrics, logger: logger)
        } catch {
            await database.close()
            throw error
        }
    }

    private static func adminToken(_ settings: Settings) throws -> (AdminToken, source: String) {
        if let text = settings[LifeOSSettings.adminToken] {
            return (AdminToken(text.revealed()), LifeOSSettings.adminToken.declaration.name)
        }
        let home = try settings.home()
        try Files.makeFolder(home, mode: 0o700)
        return (try AdminToken.load(orMake: "\(home)/admin-token"), "\(home)/admin-token")
    }

    /// Returns once everything is answered. Until then, what needs the tables is told to come again.
    package func opened() async throws { try await node.opened() }

    /// Gives up what ``opened()`` waits for.
    package func cancelOpening() async { await node.cancelOpening() }

    package func stop(grace: Duration) async {
        await node.stop(grace: grace)
        await database.close()
    }
}
