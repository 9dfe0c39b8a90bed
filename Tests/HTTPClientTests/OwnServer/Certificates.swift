import HTTPServer
import System
import TestSupport
import Testing

/// Fresh certificates that sign themselves: `right` is for the loopback address, `wrong` for somebody else.
struct Certificates {
    private let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder("certificates")
        for (name, subject) in [("right", "DNS:localhost,IP:127.0.0.1"), ("wrong", "DNS:other.example")] {
            let arguments = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(subject)", "-keyout", folder.path("\(name).key"),
                "-out", folder.path("\(name).crt"),
            ]
            let result = try await Program("/usr/bin/openssl", arguments).run()
            try #require(result.exit == .code(0), "\(result.errorText)")
        }
    }

    func path(_ name: String) -> String { folder.path(name) }

    func tls(_ name: String) throws -> HTTPServer.TLS {
        .init(
            certificate: try Files.readText(folder.path("\(name).crt")),
            key: try Files.readText(folder.path("\(name).key")))
    }
}
