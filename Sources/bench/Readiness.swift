import HTTPClient
import HTTPServer
import System
import Telemetry

/// Finds out when a program that was just started answers.
enum Readiness {
    private static let patience: Duration = .seconds(20)

    /// Returns how long it took from now until the first 200.
    @discardableResult
    static func wait(for request: HTTPClient.Request, of child: Child) async throws -> Duration {
        let client = try HTTPClient(metrics: Metrics(), logger: .silent)
        let start = ContinuousClock.now
        while start.duration(to: .now) < patience {
            if let answer = try? await client.send(request), answer.status == 200 {
                return start.duration(to: .now)
            }
            if let exit = child.exit {
                throw BenchError(
                    "\(request.url): the program ended, \(exit): \(String(decoding: child.errors, as: UTF8.self))")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw BenchError("\(request.url) did not answer within \(patience)")
    }

    /// A port that nobody listens on now.
    static func freePort() async throws -> UInt16 {
        let server = HTTPServer(router: Router(), metrics: Metrics())
        try server.start()
        defer { Task { await server.stop(grace: .zero) } }
        guard case .address(_, let port)? = server.boundAddress else { throw BenchError("no free port") }
        return port
    }
}
