import Glibc
import HTTPClient
import TestSupport
import Testing

@Suite("Time-outs") struct TimeoutTests {
    private func request(
        _ server: RudeServer, body: HTTPClient.Body? = nil, _ change: (inout HTTPClient.Timeouts) -> Void
    ) -> HTTPClient.Request {
        var timeouts = HTTPClient.Timeouts()
        (timeouts.firstByte, timeouts.idle, timeouts.total) = (.seconds(30), .seconds(30), .seconds(45))
        change(&timeouts)
        var request = HTTPClient.Request(body == nil ? .get : .post, server.url("/?secret"), body: body ?? .none)
        request.timeouts = timeouts
        return request
    }

    /// The code a request ends with, and that it took at least as long as it was given and not many times that.
    private func expect(
        _ code: HTTPClientError.Code, after limit: Duration, _ location: SourceLocation = #_sourceLocation,
        _ ask: () async throws -> some Any
    ) async {
        let begun = ContinuousClock.now
        let error = await failure(location, of: ask)
        let took = begun.duration(to: .now)
        #expect(error?.code == code, sourceLocation: location)
        #expect(took >= limit && took < limit + .seconds(10), "took \(took)", sourceLocation: location)
        #expect(error?.description.contains("secret") == false, sourceLocation: location)
    }

    @Test func aServerThatNeverAnswersIsGivenUp() async throws {
        let server = RudeServer { $0.drain() }
        let client = try makeClient()
        await expect(.timedOutWaitingForFirstByte, after: .milliseconds(150)) {
            try await client.send(request(server) { $0.firstByte = .milliseconds(150) })
        }
        await expect(.timedOutWaitingForFirstByte, after: .milliseconds(150)) {
            try await client.send(request(server, body: .text("x")) { $0.firstByte = .milliseconds(150) })
        }
        try await eventually(within: .seconds(30), "the connections are closed") { server.open == 0 }
    }

    @Test func aServerThatOnlyEverContinuesIsGivenUp() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            repeat {
                connection.send("HTTP/1.1 100 Continue\r\n\r\n")
            } while !connection.isAbandoned(
                withinMilliseconds: 20)
        }
        let client = try makeClient()
        await expect(.timedOutInTotal, after: .milliseconds(300)) {
            try await client.send(request(server) { $0.total = .milliseconds(300) })
        }
    }

    @Test func silenceWithinTheHeaderOrTheBodyIsGivenUp() async throws {
        for beginning in ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"] {
            let server = RudeServer { connection in
                _ = connection.readRequest()
                connection.send(beginning)
                connection.drain()
            }
            let client = try makeClient()
            await expect(.timedOutIdle, after: .milliseconds(150)) {
                try await client.send(request(server) { $0.idle = .milliseconds(150) })
            }
        }
    }

    @Test func aByteNowAndThenHoldsOffSilenceButNotTheTotal() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            repeat { connection.send("x") } while !connection.isAbandoned(withinMilliseconds: 20)
        }
        let client = try makeClient()
        await expect(.timedOutInTotal, after: .milliseconds(1_500)) {
            try await client.send(
                request(server) {
                    $0.idle = .seconds(1)
                    $0.total = .milliseconds(1_500)
                })
        }
    }

    @Test func aServerThatDoesNotReadTheBodyIsGivenUp() async throws {
        let server = RudeServer { connection in
            _ = connection.readHead()
            connection.waitUntilGone()
        }
        let client = try makeClient()
        let body = HTTPClient.Body.bytes([UInt8](repeating: 1, count: 32 << 20))
        await expect(.timedOutIdle, after: .milliseconds(150)) {
            try await client.send(request(server, body: body) { $0.idle = .milliseconds(150) })
        }
    }

    @Test func aConnectionThatIsNeverMadeIsGivenUp() async throws {
        // Nobody accepts here, and the backlog is full, so that the kernel lets further connections wait.
        let full = FullBacklog()
        let client = try makeClient()
        var request = HTTPClient.Request(.get, "http://127.0.0.1:\(full.port)/")
        request.timeouts = HTTPClient.Timeouts()
        request.timeouts?.connecting = .milliseconds(150)
        let error = await failure { try await client.send(request) }
        #expect(error?.code == .timedOutConnecting)
        #expect(error?.mayHaveBeenSent == false)
    }

    @Test func whoWaitsTooLongForAConnectionIsTold() async throws {
        let server = RudeServer { $0.drain() }
        let client = try makeClient { $0.connectionsPerHostMax = 1 }
        let first = Task { try await client.send(request(server) { $0.firstByte = .seconds(60) }) }
        try await eventually(within: .seconds(30), "the first is under way") { server.accepted == 1 }
        await expect(.timedOutWaiting, after: .milliseconds(100)) {
            try await client.send(request(server) { $0.waiting = .milliseconds(100) })
        }
        await expect(.timedOutInTotal, after: .milliseconds(100)) {
            try await client.send(request(server) { $0.total = .milliseconds(100) })
        }
        #expect(server.accepted == 1)
        first.cancel()
        _ = await first.result
    }

    @Test func aSlowReaderIsNotTakenForASilentServer() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n")
            connection.send([UInt8](repeating: 7, count: 8_000_000))
        }
        let client = try makeClient { $0.streamBufferBytesMax = 1_000 }
        let answer = try await client.stream(request(server) { $0.idle = .milliseconds(500) })
        // Another request passes twice the idle time; the reader does nothing meanwhile.
        let silent = RudeServer { $0.drain() }
        await expect(.timedOutWaitingForFirstByte, after: .milliseconds(1_000)) {
            try await client.send(request(silent) { $0.firstByte = .milliseconds(1_000) })
        }
        #expect(try await answer.body.collect(bytesMax: 8_000_000).count == 8_000_000)
    }
}

/// A listener whose few places are taken.
private final class FullBacklog: Sendable {
    let port: UInt16
    private let descriptors: [Int32]

    init() {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        var descriptors = [listener]
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, length)
                listen(listener, 0)
                unsafe getsockname(listener, pointer, &length)
                for _ in 0..<3 {
                    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
                    unsafe connect(client, pointer, length)
                    descriptors.append(client)
                }
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        self.descriptors = descriptors
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
