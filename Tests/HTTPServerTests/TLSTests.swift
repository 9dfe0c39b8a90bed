internal import HTTPServer
internal import System
internal import TestSupport
internal import Testing

@Suite struct TLSTests {
    /// A server that speaks TLS, and the path of its certificate.
    private func serving(_ body: (String, _ certificate: String) async throws -> Void) async throws {
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
        try await HTTPServerTests.serving(.init(tls: tls)) { router in
            router.get("/") { request in .text("over TLS") }
            router.post("/echo") { request in Response(body: .bytes(request.body)) }
        } _: { server, _ in
            try await body("\(try #require(server.boundAddress))", certificate)
        }
    }

    @Test(arguments: [
        ("-tls1_3", true), ("-tls1_2", true),
        ("-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305", true),
        ("-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0", false),
        ("-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0", false),
        ("-tls1_2 -cipher ECDHE-ECDSA-AES128-CCM:@SECLEVEL=0", false),
        ("-tls1_1 -cipher ALL:@SECLEVEL=0", false), ("-tls1 -cipher ALL:@SECLEVEL=0", false),
    ])
    func onlySoundVersionsAndCiphersAreSpoken(options: String, isTaken: Bool) async throws {
        try await serving { address, _ in
            let result = try await Program(
                "/usr/bin/openssl",
                ["s_client", "-connect", address] + options.split(separator: " ").map(String.init)
            ).run()
            let isAgreed = !result.outputText.contains("Cipher is (NONE)") && result.outputText.contains("Cipher is ")
            #expect(isAgreed == isTaken, "\(result.outputText)\(result.errorText)")
        }
    }

    /// What the library refuses by itself came with its header block twice, so that the second was taken for the body.
    @Test(arguments: [
        ("Content-Length: five", "ambiguous_framing", "400"),
        ("Content-Length: 99999999999999999999", "ambiguous_framing", "400"),
        ("Cookie: \(String(repeating: "a;", count: 4_000))", "headers_too_large", "431"),
    ])
    func aRefusalOverTLSIsOneAnswer(header: String, code: String, status: String) async throws {
        try await serving { address, certificate in
            let fetched = try await Program(
                "/usr/bin/curl",
                [
                    "-sS", "--cacert", certificate, "-H", header, "-X", "POST", "-o", "-", "-w", "\n%{http_code}",
                    "https://\(address)/echo",
                ]
            ).run()
            #expect(fetched.outputText.hasPrefix("{"), "\(fetched.outputText)\(fetched.errorText)")
            #expect(fetched.outputText.contains("\"code\":\"\(code)\""))
            #expect(fetched.outputText.hasSuffix("\n\(status)"))
            #expect(fetched.exit.isSuccess, "\(fetched.errorText)")
            let good = try await Program("/usr/bin/curl", ["-sS", "--cacert", certificate, "https://\(address)/"]).run()
            #expect(good.outputText == "over TLS")
        }
    }
}
