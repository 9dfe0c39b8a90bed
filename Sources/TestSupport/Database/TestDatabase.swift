internal import Synchronization
internal import System

/// A separate database for a suite or a test, made in some tens of milliseconds and dropped with this value.
///
///     let database = try await TestDatabase.make()
///     let pool = … database.conninfo …
public final class TestDatabase: Sendable {
    /// What databases are copied from: made once a run, by the first that asks.
    public struct Template: Sendable {
        let name: String
        let prepare: @Sendable (_ conninfo: String) async throws -> Void

        /// - Parameters:
        ///   - name: lower-case letters and digits, the same for the same contents.
        ///   - prepare: fills the database; it must have closed its connections when it returns.
        public init(_ name: String, prepare: @escaping @Sendable (_ conninfo: String) async throws -> Void) {
            self.name = name
            self.prepare = prepare
        }
    }

    public let name: String
    /// The words by which libpq finds it.
    public let conninfo: String
    private let cluster: TestCluster
    private let isDropped = Atomic<Bool>(false)

    private static let last = Atomic<Int>(0)
    private static let templates = Lock<[String: Task<String, any Error>]>([:])

    /// - Parameters:
    ///   - template: default an empty database.
    ///   - cluster: default the shared one. Templates are for that one alone.
    public static func make(from template: Template? = nil, in cluster: TestCluster? = nil) async throws -> TestDatabase
    {
        let source = try await template.map { try ready($0) }?.value
        let owner: TestCluster
        if let cluster { owner = cluster } else { owner = try await .shared }
        return try await create("test_\(last.wrappingAdd(1, ordering: .relaxed).newValue)", in: owner, from: source)
    }

    /// Makes a database, hands it to `body` and drops it, whatever happens.
    public static func with<Result>(
        template: Template? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        let database = try await make(from: template)
        do {
            let result = try await body(database)
            await database.drop()
            return result
        } catch {
            await database.drop()
            throw error
        }
    }

    private init(_ name: String, _ cluster: TestCluster) {
        self.name = name
        self.cluster = cluster
        conninfo = cluster.conninfo(database: name)
    }

    deinit {
        guard !isDropped.load(ordering: .relaxed) else { return }
        // Nobody waits for it: the cluster is thrown away with the process in any case.
        Task { [name, cluster] in await Self.drop(name, in: cluster) }
    }

    /// Drops it now, cutting off whoever is connected.
    public func drop() async {
        if !isDropped.exchange(true, ordering: .relaxed) { await Self.drop(name, in: cluster) }
    }

    private static func ready(_ template: Template) throws -> Task<String, any Error> {
        templates.withLock { templates in
            if let known = templates[template.name] { return known }
            let task = Task {
                let database = try await create("template_\(template.name)", in: .shared, from: nil)
                try await template.prepare(database.conninfo)
                // Kept: later databases are copied from it.
                database.isDropped.store(true, ordering: .relaxed)
                return database.name
            }
            templates[template.name] = task
            return task
        }
    }

    private static func create(
        _ name: String, in cluster: TestCluster, from template: String?
    ) async throws -> TestDatabase {
        // Copying files beats writing them to the log where nothing has to last.
        let arguments = ["--template", template ?? "template0", "--strategy", "file_copy", name]
        let result = try await Program("\(cluster.binaries)/createdb", server(cluster) + arguments).run()
        guard result.exit.isSuccess else { throw TestDatabaseError(message: result.errorText) }
        return TestDatabase(name, cluster)
    }

    private static func drop(_ name: String, in cluster: TestCluster) async {
        _ = try? await Program("\(cluster.binaries)/dropdb", server(cluster) + ["--force", "--if-exists", name]).run()
    }

    private static func server(_ cluster: TestCluster) -> [String] {
        ["-h", cluster.socketFolder, "-U", "lifeos", "--no-password", "--maintenance-db=postgres"]
    }
}

/// A database could not be made.
public struct TestDatabaseError: Error, CustomStringConvertible {
    public let message: String
    public var description: String { message }
}
