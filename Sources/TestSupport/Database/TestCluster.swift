internal import PrivatePostgres
internal import System

/// A real PostgreSQL for tests, in a temporary folder, ended with this process.
///
/// ``shared`` is the one of the whole run: use it through ``TestDatabase`` and never hurt it. A test that kills servers
/// makes one of its own with ``start(durable:settings:)``.
public final class TestCluster: Sendable {
    private let folder: TemporaryFolder
    private let postgres: PrivatePostgres
    let binaries: String

    /// The cluster that all suites share, started when first asked for.
    public static var shared: TestCluster {
        get async throws { try await sharedStart.value }
    }

    private static let sharedStart = Task { try await start() }

    /// Starts a cluster of one's own.
    ///
    /// - Parameters:
    ///   - durable: waits for the disk at every commit, as in production; default not.
    ///   - settings: of the server, such as `["max_connections": "5"]`.
    public static func start(durable: Bool = false, settings: [String: String] = [:]) async throws -> TestCluster {
        let folder = try TemporaryFolder("cluster")
        var configuration = PrivatePostgres.Configuration(home: folder.path)
        configuration.durability = durable ? .durable : .fleeting
        configuration.memoryBytes = 1 << 30
        // All tests of a room run at once, each with its own pool or several.
        configuration.connectionsMax = 600
        configuration.settings = settings
        return TestCluster(folder, try await PrivatePostgres.start(configuration))
    }

    private init(_ folder: TemporaryFolder, _ postgres: PrivatePostgres) {
        self.folder = folder
        self.postgres = postgres
        binaries = postgres.binaries ?? "/usr/bin"
    }

    /// How libpq reaches a database of this cluster; default an empty one that every cluster has.
    public func conninfo(database: String = "lifeos") -> String { postgres.conninfo(database: database) }

    /// The folder of the Unix socket.
    public var socketFolder: String { folder.path("postgres") }

    /// PostgreSQL's main process, to be killed by tests; `nil` while it is being started again.
    public var processID: Int32? {
        get async { await postgres.processID }
    }

    /// Kills PostgreSQL's main process as a crash would; it is started again by itself. Returns once it runs again.
    public func crash() async throws {
        guard let former = await processID else { return }
        RunningProcess(id: former)?.signal(.kill)
        try await eventually(within: .seconds(60), "the restart of PostgreSQL") { await isRunning(otherThan: former) }
    }

    /// Stops and starts PostgreSQL, cutting off every connection.
    public func restart() async throws { try await postgres.restart() }

    /// Stops PostgreSQL for good.
    public func stop() async { await postgres.stop() }

    private func isRunning(otherThan former: Int32) async -> Bool {
        guard let processID = await processID else { return false }
        return processID != former
    }
}
