import HTTPServer
import System
import Telemetry
import TestSupport
import Testing

@testable import HTTPClient

/// Our client and our server, as they meet in Life-OS.
@Suite("Our own server") struct OwnServerTests {
    private func serving(
        _ configuration: HTTPServer.Configuration = .init(), _ body: (HTTPServer, String) async throws -> Void
    ) async throws {
        var router = Router()
        router.get("/greetings/{name}", .path("name", .text, "Whom.")) { _, name in .text("Hello \(name)") }
        router.post("/echo", body: .buffered(bytesMax: 4 << 20)) { request in
            Response(.ok, headers: ["X-Type": request.header("Content-Type") ?? "none"], body: .bytes(request.body))
        }
        router.put("/count", body: .streamed(bytesMax: 64 << 20)) { request async throws in
            var count = 0
            for try await chunk in request.stream { count += chunk.count }
            return .text("\(count)")
        }
        router.get("/trace") { request in .text(request.trace.traceIDText) }
        let server = HTTPServer(configuration: configuration, router: router, metrics: Metrics())
        try server.start()
        let address = try #require(server.boundAddress)
        do {
            try await body(server, "\(configuration.tls == nil ? "http" : "https")://\(address)")
            await server.stop(grace: .seconds(1))
        } catch {
            await server.stop(grace: .zero)
            throw error
        }
    }

    @Test func theyUnderstandEachOther() async throws {
        try await serving { _, url async throws in
            let client = try makeClient()
            #expect(try await client.send(.init(.get, url + "/greetings/gr%C3%BC%C3%9F")).text == "Hello grüß")
            #expect(try await client.send(.init(.head, url + "/greetings/a")).headers["Content-Length"] == "7")
            #expect(try await client.send(.init(.get, url + "/nowhere")).status == 404)
            #expect(try await client.send(.init(.delete, url + "/echo")).status == 405)
            let bytes = pattern(count: 3_000_000)
            let answer = try await client.send(
                .init(.post, url + "/echo", headers: ["Content-Type": "a/b"], body: .bytes(bytes)))
            #expect(answer.body == bytes)
            #expect(answer.headers["x-type"] == "a/b")
        }
    }

    @Test func streamedBodiesArriveWhole() async throws {
        try await serving { _, url async throws in
            let client = try makeClient()
            for length in [nil, 20 << 20] {
                let chunks = AsyncStream<[UInt8]> { continuation in
                    for _ in 0..<320 { continuation.yield([UInt8](repeating: 7, count: 64 << 10)) }
                    continuation.finish()
                }
                let request = HTTPClient.Request(.put, url + "/count", body: .stream(chunks, length: length))
                #expect(try await client.send(request).text == "\(20 << 20)")
            }
        }
    }

    @Test func aBodyThatIsTooLongIsRefusedByTheServerAndToldByTheClient() async throws {
        try await serving { _, url async throws in
            var request = HTTPClient.Request(.post, url + "/echo", body: .bytes([UInt8](repeating: 7, count: 6 << 20)))
            request.waitsForContinue = true
            #expect(try await makeClient().send(request).status == 413)
        }
    }

    @Test func manyRequestsShareFewConnections() async throws {
        let metrics = Metrics()
        try await serving { _, url async throws in
            let client = try makeClient(metrics: metrics) { $0.connectionsMax = 8 }
            try await withThrowingTaskGroup { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let text = try await client.send(.init(.get, url + "/greetings/\(number)")).text
                        #expect(text == "Hello \(number)")
                    }
                }
                try await group.waitForAll()
            }
            await client.shutdown()
        }
        let connections = metrics.counter(
            "lifeos_http_client_connections_total", help: "-", labels: ["purpose", "kind"])
        let (opened, reused) = (connections.with("other", "opened").value, connections.with("other", "reused").value)
        #expect(opened <= 8 && opened + reused == 1_000)
    }

    @Test func aUnixSocketServesAsWell() async throws {
        let folder = try TemporaryFolder()
        try await serving(.init(listen: .unix(path: folder.path("http")))) { _, _ async throws in
            var request = HTTPClient.Request(.get, "http://life-os/greetings/a")
            request.unixSocketPath = folder.path("http")
            #expect(try await makeClient().send(request).text == "Hello a")
        }
    }

    @Test func theTraceReachesTheServer() async throws {
        try await serving { _, url async throws in
            let trace = TraceContext(traceID: UUID(high: 5, low: 6), spanID: 7, isSampled: true)
            let text = try await Ambient.$trace.withValue(trace) {
                try await makeClient().send(.init(.get, url + "/trace")).text
            }
            #expect(text == trace.traceIDText)
        }
    }

    @Test func aServerThatStopsIsAskedAgainWhereItComesBack() async throws {
        let client = try makeClient()
        var last = ""
        for _ in 0..<2 {
            try await serving { _, url async throws in
                last = url
                #expect(try await client.send(.init(.get, url + "/greetings/a")).status == 200)
            }
        }
        #expect(await failure { try await client.send(.init(.get, last + "/greetings/a")) }?.code == .refused)
    }

    @Test func tlsIsVerified() async throws {
        let certificates = try await Certificates()
        let tls = try certificates.tls("right")
        try await serving(.init(tls: tls)) { _, url async throws in
            let trusting = try makeClient { $0.tls.authoritiesFile = certificates.path("right.crt") }
            for _ in 0..<2 { #expect(try await trusting.send(.init(.get, url + "/greetings/a")).text == "Hello a") }
            let strict = try makeClient()
            let unknown = await failure { try await strict.send(.init(.get, url + "/greetings/a?secret")) }
            #expect(unknown?.code == .tlsVerificationFailed)
            #expect(unknown?.description.contains("self-signed") == true, "\(String(describing: unknown))")
            #expect(unknown?.description.contains("secret") == false)
            #expect(unknown?.mayHaveBeenSent == false)
            let lost = try makeClient { $0.tls.authoritiesFile = "/nowhere/authorities.pem" }
            let missing = await failure { try await lost.send(.init(.get, url)) }
            #expect(missing?.code == .invalidConfiguration)
            // The port speaks TLS only.
            let plain = "http" + url.dropFirst(5)
            let confused = await failure { try await strict.send(.init(.get, plain)) }
            #expect(confused != nil)
        }
    }

    @Test func aCertificateForAnotherNameIsRefused() async throws {
        let certificates = try await Certificates()
        let tls = try certificates.tls("wrong")
        try await serving(.init(tls: tls)) { _, url async throws in
            let client = try makeClient { $0.tls.authoritiesFile = certificates.path("wrong.crt") }
            let error = await failure { try await client.send(.init(.get, url + "/greetings/a")) }
            #expect(error?.code == .tlsVerificationFailed)
            #expect(error?.description.contains("127.0.0.1") == true)
        }
    }

    @Test func aServerWithoutTLSIsNoTLSServer() async throws {
        try await serving { _, url async throws in
            let client = try makeClient()
            let error = await failure { try await client.send(.init(.get, "https" + url.dropFirst(4))) }
            #expect(error?.code == .tlsFailed)
        }
    }
}
