import HTTPClient
import JSON
import System
import TestSupport
import Testing

@Suite struct ServeTests {
    let folder: TemporaryFolder
    var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("serve") }

    @Test func aFreshHomeAnswersHealthMetricsAndConsole() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        let ready = try await lifeos.get("/health/ready")
        #expect(ready.status == 200)
        #expect(try JSONValue(parsing: ready.body)["checks"]?[0]?["name"]?.string == "database")
        #expect(try await lifeos.get("/health/live").text == #"{"status":"ok"}"#)

        let metrics = try await lifeos.get("/metrics")
        #expect(metrics.headers["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        for name in [
            "lifeos_http_requests_total", "lifeos_postgres_", "process_resident_memory_bytes", "lifeos_build_info",
        ] {
            #expect(metrics.text.contains(name), "no \(name)")
        }
        // The event log and the text log are told apart, and what lasts says so.
        for line in metrics.text.split(separator: "\n") where line.hasPrefix("# TYPE lifeos_") {
            let words = line.split(separator: " ")
            #expect(!words[2].hasPrefix("lifeos_log_"), "\(line)")
            if words[3] == "histogram", words[2].hasSuffix("_seconds") {
                #expect(words[2].hasSuffix("_duration_seconds"), "\(line)")
            }
        }

        #expect(try await lifeos.get("/console").status == 401)
        let page = try await lifeos.get("/console", headers: ["Authorization": "Bearer \(RunningLifeOS.token)"])
        #expect(page.status == 200)
        #expect(page.text.contains("Life-OS"))
        #expect(try await lifeos.stop() == .code(0))
    }

    @Test func promtoolFindsNothingToSay() async throws {
        let promtool = "/usr/bin/promtool"
        try #require(Files.exists(promtool), "run ops/setup --test")
        let lifeos = try await RunningLifeOS.start(home: home)
        _ = try await lifeos.get("/health/ready")
        _ = try await lifeos.get("/nothing-here")
        let metrics = try await lifeos.get("/metrics")
        let file = folder.path("metrics.txt")
        try Files.replace(file, with: metrics.body)
        let lint = try await Program("/bin/sh", ["-c", "\(promtool) check metrics < \(file)"]).run()
        #expect(lint.exit == .code(0), "\(lint.outputText)\(lint.errorText)")
        #expect(lint.outputText + lint.errorText == "")
        #expect(try await lifeos.stop() == .code(0))
    }

    @Test func everyAnswerCarriesTheSecurityHeaders() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        for path in ["/health/live", "/metrics", "/console", "/console/sign-in", "/nothing-here"] {
            let answer = try await lifeos.get(path)
            for name in ["Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"] {
                #expect(answer.headers[name] != nil, "\(path) has no \(name)")
            }
        }
        _ = try await lifeos.stop()
    }

    @Test func underTheUsualLimitOfFilesOneAddressKeepsNobodyElseOut() async throws {
        let lifeos = try await RunningLifeOS.start(home: home, launcher: ["/usr/bin/prlimit", "--nofile=1024:1024"])
        let port = try #require(UInt16(lifeos.address.split(separator: ":").last ?? ""))
        func status(from source: String, _ client: RawHTTP? = nil) async throws -> Int {
            let client = try client ?? RawHTTP(.tcp(port: port), from: source)
            _ = try? await client.send("GET /health/live HTTP/1.1\r\nHost: test\r\n\r\n")
            return try await client.response().status
        }
        var held: [RawHTTP] = []
        for _ in 0..<300 {
            let client = try RawHTTP(.tcp(port: port), from: "127.0.0.2")
            if try await status(from: "127.0.0.2", client) == 200 { held.append(client) }
        }
        #expect(50...250 ~= held.count, "a quarter of what there is")
        #expect(try await status(from: "127.0.0.2") == 503)
        #expect(try await status(from: "127.0.0.1") == 200)
        #expect(try await lifeos.stop() == .code(0))
        #expect(String(decoding: lifeos.child.errors, as: UTF8.self).contains("LimitNOFILE"))
    }

    @Test func theLimitOfFilesIsRaisedAsFarAsItGoes() async throws {
        let lifeos = try await RunningLifeOS.start(home: home, launcher: ["/usr/bin/prlimit", "--nofile=256:3000"])
        #expect(try await lifeos.get("/metrics").text.contains("\nprocess_max_fds 3000"))
        #expect(try await lifeos.stop() == .code(0))
    }

    @Test func aPrivateKeyThatOthersCanReadIsRefused() async throws {
        let (key, certificate) = (folder.path("key.pem"), folder.path("certificate.pem"))
        let made = try await Program(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ]
        ).run()
        try #require(made.exit.isSuccess, "\(made.errorText)")
        let tls = ["LIFEOS_TLS_CERTIFICATE": certificate, "LIFEOS_TLS_KEY": key]
        for (mode, isTaken) in [("644", false), ("660", false), ("604", false), ("640", true), ("600", true)] {
            _ = try await Program("/bin/chmod", [mode, key]).run()
            let found = try await RunningLifeOS.run(["doctor", "--json"], home: home, tls)
            #expect(found.outputText.contains("chmod 640 \(key)") == !isTaken, "\(mode): \(found.outputText)")
        }
        _ = try await Program("/bin/chmod", ["644", key]).run()
        let refused = try await RunningLifeOS.run(["serve"], home: home, tls)
        #expect(refused.exit == .code(2))
        #expect(refused.errorText.contains("\(key) can be read or changed by others"))
    }

    @Test func aSecondServeOnTheSameHomeIsRefused() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        let second = try await RunningLifeOS.run(["serve"], home: home)
        #expect(second.exit == .code(1))
        #expect(second.errorText.contains("\(lifeos.child.processID)"), "\(second.errorText)")
        #expect(try await lifeos.get("/health/ready").status == 200)
        _ = try await lifeos.stop()
    }

    @Test func killedItLeavesNoPostgresBehindAndStartsAgain() async throws {
        let killed = try await RunningLifeOS.start(home: home)
        let postmaster = try #require(try Self.postmaster(home))
        killed.child.signal(.kill)
        try await eventually(within: .seconds(20), "PostgreSQL ends with its owner") {
            !Files.exists("/proc/\(postmaster)") || !Files.exists("\(home)/postgres/postmaster.pid")
        }
        let again = try await RunningLifeOS.start(home: home)
        #expect(try await again.get("/health/ready").status == 200)
        #expect(try await again.stop() == .code(0))
    }

    @Test func readinessFollowsTheDatabaseDownAndUp() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        let postmaster = try #require(try Self.postmaster(home))
        // Stopped, not ended: connections stay open and nothing answers.
        let family = "\(postmaster) $(cat /proc/\(postmaster)/task/\(postmaster)/children)"
        #expect(try await Program("/bin/sh", ["-c", "kill -STOP \(family)"]).run().exit == .code(0))
        try await eventually(within: .seconds(20), "readiness notices") {
            try await lifeos.get("/health/ready").status == 503
        }
        #expect(try await lifeos.get("/health/live").status == 200)
        #expect(try await Program("/bin/sh", ["-c", "kill -CONT \(family)"]).run().exit == .code(0))
        try await eventually(within: .seconds(30), "readiness comes back") {
            try await lifeos.get("/health/ready").status == 200
        }
        #expect(try await lifeos.stop() == .code(0))
    }

    private static func postmaster(_ home: String) throws -> Int32? {
        let lines = try Files.readText("\(home)/postgres/postmaster.pid").split(separator: "\n")
        return lines.first.flatMap { Int32($0) }
    }
}
