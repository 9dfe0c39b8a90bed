internal import Glibc
internal import HTTPServer
internal import System
internal import Telemetry
internal import TestSupport
internal import Testing

@Suite struct ListeningTests {
    private func hello(_ router: inout Router) {
        router.get("/") { request in .text("hello \(request.remoteAddress)") }
    }

    @Test func loopbackIsWhereItListensUnlessToldOtherwise() async throws {
        try await serving(routes: hello) { server, client in
            guard case .address("127.0.0.1", let port) = server.boundAddress else {
                Issue.record("listens at \(String(describing: server.boundAddress))")
                return
            }
            #expect(port > 0)
            #expect(await client.get("/")?.text == "hello 127.0.0.1")
        }
    }

    @Test func itListensOnIPv6() async throws {
        try await serving(.init(listen: .address("::1", port: 0)), routes: hello) { server, client in
            #expect(server.boundAddress?.description.hasPrefix("[::1]:") == true)
            #expect(await client.get("/")?.text == "hello ::1")
        }
    }

    @Test func itListensOnAUnixSocketThatOnlyItsOwnerMayUse() async throws {
        let folder = try TemporaryFolder("socket")
        let path = folder.path("http.sock")
        try await serving(.init(listen: .unix(path: path)), routes: hello) { server, client in
            #expect(await client.get("/")?.text == "hello unix")
            let mode = try await Program("/usr/bin/stat", ["-c", "%a", path]).run().outputText
            #expect(mode == "600\n")
            // A second server does not take the socket from the first.
            let second = HTTPServer(
                configuration: .init(listen: .unix(path: path)), router: Router(), metrics: Metrics())
            #expect(throws: SystemError.self) { try second.start() }
            #expect(await client.get("/")?.text == "hello unix")
        }
        #expect(!Files.exists(path))
    }

    @Test func aSocketLeftBehindIsReplaced() async throws {
        let folder = try TemporaryFolder("socket")
        let path = folder.path("http.sock")
        // Binding a socket and closing it leaves its file, as a killed process does.
        try bindAndAbandon(path)
        #expect(Files.exists(path))
        try await serving(.init(listen: .unix(path: path)), routes: hello) { _, client in
            #expect(await client.get("/")?.status == 200)
        }
    }

    /// `LIFEOS_LISTEN=unix:PATH` removed whatever file lay at the path.
    @Test func aFileAtTheSocketsPathIsNeverRemoved() async throws {
        let folder = try TemporaryFolder("socket")
        let path = folder.path("letters.txt")
        try Files.replace(path, with: Array("dear".utf8))
        let server = HTTPServer(configuration: .init(listen: .unix(path: path)), router: Router(), metrics: Metrics())
        let error = #expect(throws: SystemError.self) { try server.start() }
        #expect(error?.code == EEXIST)
        #expect(try Files.readText(path) == "dear")
        // Nor one that came to lie there while the server ran.
        let socket = folder.path("http.sock")
        try await serving(.init(listen: .unix(path: socket)), routes: hello) { _, _ in
            try Files.replace(socket, with: Array("mine".utf8))
        }
        #expect(try Files.readText(socket) == "mine")
    }

    @Test func aPortInUseIsRefusedByName() async throws {
        try await serving(routes: hello) { server, _ in
            guard let address = server.boundAddress else { return }
            let second = HTTPServer(configuration: .init(listen: address), router: Router(), metrics: Metrics())
            let error = #expect(throws: SystemError.self) { try second.start() }
            #expect(error?.description.contains("\(address)") == true)
        }
    }

    @Test(arguments: ["localhost", "", "1.2.3", "::g"])
    func anAddressThatIsNoNumberIsRefused(host: String) {
        let server = HTTPServer(
            configuration: .init(listen: .address(host, port: 0)), router: Router(), metrics: Metrics())
        #expect(throws: SystemError.self) { try server.start() }
    }

    @Test func aServerStartsOnce() async throws {
        try await serving(routes: hello) { server, _ in
            #expect(throws: SystemError.self) { try server.start() }
            await server.stop()
            #expect(server.boundAddress == nil)
            #expect(throws: SystemError.self) { try server.start() }
        }
    }

    @Test func oneConnectionTooManyIsToldSo() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.limits.connectionsMax = 3
        let metrics = Metrics()
        try await serving(configuration, metrics: metrics, routes: hello) { server, first in
            var others = [first]
            for _ in 0..<2 { others.append(try server.newClient()) }
            for client in others { #expect(await client.get("/")?.status == 200) }
            let refused = try #require(await (try server.newClient()).answer())
            #expect(refused.status == 503)
            #expect(refused["Retry-After"] == "1")
            #expect(refused.text.contains("too_many_connections"))
            #expect(metrics.text.contains("lifeos_http_connections_refused_total 1\n"))
            others.removeLast()
            try await eventually { server.connections == 2 }
            #expect(await (try server.newClient()).get("/")?.status == 200)
        }
    }

    @Test func oneConnectionTooManyOfOneAddressIsToldSo() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.limits.connectionsPerAddressMax = 1
        try await serving(configuration, routes: hello) { server, first in
            #expect(await first.get("/")?.status == 200)
            let refused = try #require(await (try server.newClient()).answer())
            #expect(refused.status == 503)
            #expect(refused.text.contains("Your address"))
            #expect(await first.get("/")?.status == 200)
        }
    }

    @Test func oneAddressKeepsNobodyElseOut() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.limits.connectionsMax = 8
        configuration.limits.connectionsPerAddressMax = 2
        configuration.limits.proxies = [try #require(RemoteAddress("127.0.0.3"))]
        try await serving(configuration, routes: hello) { server, first in
            let second = try server.newClient()
            for client in [first, second] { #expect(await client.get("/")?.status == 200) }
            for _ in 0..<5 { #expect(await (try server.newClient()).answer()?.status == 503) }
            let other = try server.newClient(from: "127.0.0.2")
            #expect(await other.get("/")?.text == "hello 127.0.0.2")
            // Through a proxy come many clients.
            var proxied: [RawHTTP] = []
            for _ in 0..<4 {
                proxied.append(try server.newClient(from: "127.0.0.3"))
                #expect(await proxied.last?.get("/")?.status == 200)
            }
        }
    }

    @Test(arguments: [
        // The usual number of files, some more, enough, and far too few.
        (1_024, 448, 112), (4_096, 1_984, 496), (20_000, 4_096, 1_024), (100, 16, 4), (-50, 16, 4),
    ])
    func limitsFollowFromTheDescriptorsThereAre(descriptors: Int, connections: Int, perAddress: Int) {
        let limits = HTTPServer.Limits().fitting(descriptors: descriptors)
        #expect(limits.connectionsMax == connections)
        #expect(limits.connectionsPerAddressMax == perAddress)
        #expect(connections == 16 || limits.descriptorsNeeded <= descriptors)
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"), ("::1", "::1", "::"), ("::ffff:10.0.0.5", "10.0.0.5", "10.0.0.5"),
        ("FD00:0:0:1::5", "fd00:0:0:1::5", "fd00:0:0:1::"),
    ])
    func anAddressIsReadAndKnowsItsNetwork(text: String, address: String, network: String) throws {
        let read = try #require(RemoteAddress(text))
        #expect(read.description == address)
        #expect(read.network.description == network)
        #expect(RemoteAddress("localhost") == nil && RemoteAddress("10.0.0.5:80") == nil && RemoteAddress("") == nil)
    }

    @Test func itSpeaksTLS() async throws {
        let folder = try TemporaryFolder("tls")
        let (key, certificate) = (folder.path("key.pem"), folder.path("certificate.pem"))
        let made = try await Program(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ]
        ).run()
        try #require(made.exit.isSuccess, "\(made.errorText)")
        let tls = HTTPServer.TLS(certificate: try Files.readText(certificate), key: try Files.readText(key))
        try await serving(.init(tls: tls)) { router in
            router.get("/secret") { _ async in .text("over TLS") }
        } _: { server, plain in
            let address = try #require(server.boundAddress)
            let fetched = try await Program(
                "/usr/bin/curl", ["-sS", "--cacert", certificate, "https://\(address)/secret", "https://\(address)/no"]
            ).run()
            #expect(fetched.outputText.hasPrefix("over TLS{"), "\(fetched.errorText)")
            // Plain text gets nowhere.
            try await plain.send("GET /secret HTTP/1.1\r\nHost: t\r\n\r\n")
            #expect(await plain.answer() == nil)
        }
    }

    @Test func aBrokenCertificateIsRefusedAtTheStart() {
        let server = HTTPServer(
            configuration: .init(tls: .init(certificate: "nothing", key: "nothing")), router: Router(),
            metrics: Metrics())
        #expect(throws: SystemError.self) { try server.start() }
    }
}
