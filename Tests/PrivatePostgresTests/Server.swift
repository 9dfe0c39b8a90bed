import PrivatePostgres
import System
import TestSupport
import Testing

/// A home for one test, with the servers that were started in it.
struct Server {
    let folder: TemporaryFolder
    var configuration: PrivatePostgres.Configuration

    /// A home in which nothing was ever started.
    init() throws {
        folder = try TemporaryFolder("home")
        configuration = Self.configuration(home: folder.path)
    }

    /// A home in which a server was started and stopped before. Copied, since making one takes a second.
    ///
    /// - Parameter name: of the home itself; default a plain one.
    static func used(name: String? = nil) async throws -> Server {
        var server = try Server()
        if let name {
            server.configuration.home = server.folder.path(name)
            try Files.makeFolder(server.configuration.home, mode: 0o700)
        }
        let copy = Program("/bin/cp", ["-a", "--reflink=auto", try await model.value.data, server.configuration.home])
        try #require(try await copy.run().exit.isSuccess)
        return server
    }

    private static let model = Task {
        var server = try Server()
        server.configuration.durability = .fleeting
        try await server.run { _ in }
        return server
    }

    /// Small and durable: what these tests are about is what survives.
    static func configuration(home: String) -> PrivatePostgres.Configuration {
        var configuration = PrivatePostgres.Configuration(home: home)
        configuration.memoryBytes = 512 << 20
        configuration.connectionsMax = 10
        configuration.stopTimeout = .seconds(20)
        configuration.startTimeout = .seconds(60)
        return configuration
    }

    var data: String { "\(configuration.home)/postgres" }

    func start() async throws -> PrivatePostgres { try await PrivatePostgres.start(configuration) }

    /// Starts, hands over, and stops in any case.
    func run<Result>(_ body: (PrivatePostgres) async throws -> Result) async throws -> Result {
        let postgres = try await start()
        do {
            let result = try await body(postgres)
            await postgres.stop()
            return result
        } catch {
            await postgres.stop()
            throw error
        }
    }

    func attachOrStart() async throws -> PrivatePostgres {
        var configuration = configuration
        configuration.role = .attachOrStart
        return try await PrivatePostgres.start(configuration)
    }
}

extension PrivatePostgres {
    /// The answer of the server, as text; its error when it has none.
    nonisolated func query(_ sql: String) async throws -> String {
        let result = try await Program("/usr/bin/psql", ["-X", "-q", "-At", "-d", conninfo(), "-c", sql]).run()
        return String((result.exit.isSuccess ? result.outputText : result.errorText).dropLast())
    }
}

extension PrivatePostgres {
    nonisolated func expect(
        _ sql: String, answers answer: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let real = try await query(sql)
        #expect(real == answer, "\(sql)", sourceLocation: sourceLocation)
    }
}

/// The refusal that a start ends with.
func refusal(_ start: () async throws -> PrivatePostgres) async throws -> PrivatePostgresError {
    do {
        let postgres = try await start()
        await postgres.stop()
    } catch let error as PrivatePostgresError {
        return error
    }
    throw Unexpected.start
}

enum Unexpected: Error {
    case start
}
