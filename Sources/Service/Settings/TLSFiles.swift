import CLI
package import Configuration
package import HTTPServer
import System

/// The certificate and the private key that the settings name.
package enum TLSFiles {
    /// Nil where HTTP is served in the clear.
    package static func load(_ settings: Settings) throws -> HTTPServer.TLS? {
        switch (settings[LifeOSSettings.tlsCertificate], settings[LifeOSSettings.tlsKey]) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            return .init(certificate: try Files.readText(certificate), key: try privateKey(key))
        default:
            throw Failure(
                "Only one of LIFEOS_TLS_CERTIFICATE and LIFEOS_TLS_KEY is set.",
                advice: "Set both for HTTPS, or neither for HTTP.", code: .configuration, exitCode: .usage)
        }
    }

    /// A key that others could read is refused: nobody would notice. A group may read it, as Debian's `ssl-cert` does.
    private static func privateKey(_ path: String) throws -> String {
        let file = try FileDescriptor.open(path, .read)
        let mode = try file.status().permissions
        guard mode & 0o027 == 0 else {
            throw Failure(
                "The private key \(path) can be read or changed by others: its mode is 0\(String(mode, radix: 8)).",
                advice: "Run: chmod 640 \(path). If somebody may have read it, get a new certificate with a new key.",
                code: .configuration, exitCode: .usage)
        }
        var bytes: [UInt8] = []
        while bytes.count <= keyBytesMax {
            let piece = try file.read(upTo: keyBytesMax)
            if piece.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece
        }
        throw Failure(
            "\(path) is too large for a private key.", advice: "Name the PEM file of the key in LIFEOS_TLS_KEY.",
            code: .configuration, exitCode: .usage)
    }

    private static let keyBytesMax = 1 << 20
}
