import HTTPClient
import System
import Telemetry
import Testing

/// A client that asks the loopback address, with time-outs that let a failing test end soon.
func makeClient(
    metrics: Metrics = Metrics(), logger: Logger = .silent,
    _ change: (inout HTTPClient.Configuration) -> Void = { _ in }
) throws -> HTTPClient {
    var configuration = HTTPClient.Configuration()
    configuration.proxy = .none
    configuration.timeouts.firstByte = .seconds(30)
    configuration.timeouts.idle = .seconds(30)
    configuration.timeouts.total = .seconds(45)
    change(&configuration)
    return try HTTPClient(configuration: configuration, metrics: metrics, logger: logger)
}

/// The error a request ends with; a recorded issue and `nil` when it is answered.
func failure<Answer>(
    _ location: SourceLocation = #_sourceLocation, of request: () async throws -> Answer
) async -> HTTPClientError? {
    do {
        let answer = try await request()
        Issue.record("answered: \(answer)", sourceLocation: location)
    } catch {
        if let error = error as? HTTPClientError { return error }
        Issue.record("not an HTTPClientError: \(error)", sourceLocation: location)
    }
    return nil
}

/// Bytes in which a lost or doubled block shows.
func pattern(count: Int) -> [UInt8] {
    var bytes = [UInt8](0..<251)
    while bytes.count < count { bytes += bytes }
    return [UInt8](bytes.prefix(count))
}

/// Values that threads and tasks leave for the test.
final class Collected<Value: Sendable>: Sendable {
    private let values = Lock<[Value]>([])
    var all: [Value] { values.withLock { $0 } }
    func add(_ value: Value) { values.withLock { $0.append(value) } }
}

/// Lets a server's thread wait until the test is ready for it.
final class Gate: Sendable {
    private let isOpen = Monitor(false)
    func open() { isOpen.withLock { $0 = true } }
    func wait() { isOpen.wait(until: { $0 }) { _ in } }
}
