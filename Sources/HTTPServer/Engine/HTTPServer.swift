internal import Glibc
public import System
public import Telemetry

/// An HTTP/1.1 server over libmicrohttpd.
///
/// ```swift
/// var router = Router()
/// router.get("/greetings/{name}", .path("name", .text, "Whom to greet.")) { _, name in .text("Hello \(name)") }
/// let server = HTTPServer(router: router, metrics: metrics)
/// try server.start()
/// print(server.boundAddress)
/// await server.stop()
/// ```
public final class HTTPServer: Sendable {
    private struct Running {
        let daemon: Daemon
        let sweeper: Sweeper
        let address: ListenAddress
        let socket: Int32
    }

    private enum State {
        case new
        case running(Running)
        case stopped
    }

    private let core: ServerCore
    private let state = Lock(State.new)

    public init(
        configuration: Configuration = Configuration(), router: Router, metrics: Metrics, logger: Logger = .silent,
        identifiers: any IdentifierSource = RequestIdentifiers()
    ) {
        core = ServerCore(configuration, router, metrics, logger.named("http"), identifiers)
    }

    deinit {
        guard case .running(let running) = state.withLock({ $0 }) else { return }
        Self.end(running, core, grace: .zero)
    }

    /// Listens and answers from now on. A server starts once.
    public func start() throws(SystemError) {
        try state.withLock { state throws(SystemError) in
            guard case .new = state else {
                throw SystemError(code: EALREADY, operation: "start", subject: "an HTTP server that was started before")
            }
            let socket = try core.configuration.listen.open(backlog: core.configuration.limits.backlogMax)
            let address = core.configuration.listen.bound(to: socket)
            // The library closes it should it fail, so from here on it is not ours to close.
            let number = socket.release()
            let daemon = try Daemon(core, listening: number)
            state = .running(Running(daemon: daemon, sweeper: Sweeper(core), address: address, socket: number))
        }
    }

    /// Where it listens, with the port it got; `nil` unless it runs.
    public var boundAddress: ListenAddress? {
        guard case .running(let running) = state.withLock({ $0 }) else { return nil }
        return running.address
    }

    /// Open client connections.
    public var connections: Int { core.table.count }

    /// Every route, for those who describe or check them.
    public var routes: [Route] { core.declaredRoutes }

    /// Stops taking requests, lets those under way finish, and ends after `grace` whatever is not done by then.
    public func stop(grace: Duration = .seconds(10)) async {
        let running = state.withLock { state -> Running? in
            guard case .running(let running) = state else { return nil }
            state = .stopped
            return running
        }
        guard let running else { return }
        // Waiting for the library's threads blocks, so it gets its own thread.
        await withCheckedContinuation { done in
            Thread.detach(name: "http-stop") { [core] in
                Self.end(running, core, grace: grace)
                done.resume()
            }
        }
    }

    private static func end(_ running: Running, _ core: ServerCore, grace: Duration) {
        core.beginStopping()
        running.daemon.quiesce()
        core.table.forEach { if $0.current.isBetweenRequests { $0.stopReading() } }
        core.table.interruptAll(.stopping)
        wait(for: core.table, atMost: grace)
        core.beginTerminating()
        // Whoever waits is woken and finds nothing to wait for; a few rounds, should one come to wait just now.
        for _ in 0..<20 where core.table.count > 0 {
            core.table.interruptAll(.terminating)
            core.table.forEach { connection in
                connection.cut()
                connection.doorbell.ring()
            }
            wait(for: core.table, atMost: .milliseconds(100))
        }
        running.sweeper.stop()
        running.daemon.stop()
        Glibc.close(running.socket)
        if case .unix(let path, _) = running.address { try? UnixSocket.removeAbandoned(path) }
    }

    private static func wait(for table: ConnectionTable, atMost patience: Duration) {
        let end = Instant.now + patience
        while table.count > 0, Instant.now.nanoseconds < end.nanoseconds {
            var pause = timespec(tv_sec: 0, tv_nsec: 2_000_000)
            unsafe nanosleep(&pause, nil)
        }
    }
}
