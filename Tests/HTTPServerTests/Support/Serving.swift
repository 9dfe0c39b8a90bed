internal import Glibc
internal import HTTPServer
internal import Synchronization
internal import System
internal import Telemetry
internal import TestSupport

/// A server on a free port for the length of a test, and a client connected to it.
func serving<Result>(
    _ configuration: HTTPServer.Configuration = .init(), metrics: Metrics = Metrics(), logger: Logger = .silent,
    identifiers: any IdentifierSource = RequestIdentifiers(), routes: (inout Router) -> Void,
    _ body: (HTTPServer, RawHTTP) async throws -> Result
) async throws -> Result {
    var router = Router()
    routes(&router)
    let server = HTTPServer(
        configuration: configuration, router: router, metrics: metrics, logger: logger, identifiers: identifiers)
    try server.start()
    do {
        let result = try await body(server, server.newClient())
        await server.stop(grace: .seconds(2))
        return result
    } catch {
        await server.stop(grace: .zero)
        throw error
    }
}

extension HTTPServer {
    func newClient(from source: String? = nil) throws -> RawHTTP {
        switch boundAddress {
        case .address(let host, let port): try RawHTTP(.tcp(host: host, port: port), from: source)
        case .unix(let path, _): try RawHTTP(.unix(path: path))
        case nil: throw SystemError(code: ENOTCONN, operation: "connect")
        }
    }
}

/// Collects what was logged.
final class LogBook: Sendable {
    private let lines = Lock<[Logger.Entry]>([])

    var entries: [Logger.Entry] { lines.withLock { $0 } }

    var logger: Logger {
        Logger(module: "test") { [self] entry in lines.withLock { $0.append(entry) } }
    }
}

/// A gate that tasks wait at until somebody opens it.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    func pass() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}

/// Waits for nothing else.
func untilCancelled() async {
    let (stream, _) = AsyncStream.makeStream(of: Never.self)
    for await _ in stream {}
}

extension Metrics {
    /// All of them as a scrape shows them.
    var text: String { String(decoding: exposition(), as: UTF8.self) }
}

/// A number that any thread may add to.
final class Tally: Sendable {
    private let number = Atomic<Int>(0)

    var count: Int { number.load(ordering: .relaxed) }

    func add(_ amount: Int = 1) { number.wrappingAdd(amount, ordering: .relaxed) }
}
