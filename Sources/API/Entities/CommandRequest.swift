import Cryptography
import Entities
import EventLog
import HTTPServer
import System
import Telemetry

/// What a request says about the command it carries.
enum CommandRequest {
    static let reasonBytesMax = 500
    static let keyBytesMax = 255

    /// Who asks, why, and on whose behalf. Until there are accounts, there is one person.
    static func meta(_ request: Request, _ identifiers: any IdentifierSource) throws(Problem) -> EventMeta {
        var meta = EventMeta(actor: "admin", command: identifiers.next())
        meta.requestID = request.requestID
        meta.traceparent = request.trace.traceparent
        meta.client = request.remoteAddress.description
        if let text = request.header("X-Correlation-Id") {
            guard let correlation = UUID(text) else {
                throw refused("X-Correlation-Id", "Send a UUID, or leave it out.")
            }
            meta.correlation = correlation
        }
        if let reason = request.header("X-Reason"), !reason.isEmpty {
            guard reason.utf8.count <= reasonBytesMax else {
                throw refused("X-Reason", "Say it in at most \(reasonBytesMax) bytes.")
            }
            meta.reason = reason
        }
        if let key = request.header("Idempotency-Key") {
            guard (1...keyBytesMax).contains(key.utf8.count), key.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
                throw refused("Idempotency-Key", "Send 1 to \(keyBytesMax) visible characters without spaces.")
            }
            meta.idempotency = .init(key: key, fingerprint: fingerprint(request))
        }
        return meta
    }

    /// Tells whether two requests ask for the same.
    private static func fingerprint(_ request: Request) -> String {
        var bytes = Array("\(request.method) \(request.target) \(request.header("If-Match") ?? "")\n".utf8)
        bytes += request.body
        return TextCoding.base64URL.encode(Array(SHA256.hash(bytes).bytes.prefix(18)))
    }

    /// The versions that `If-Match` allows; nil where any will do. A tag that we did not issue, or another log's, matches
    /// no version.
    static func expected(_ request: Request, _ log: LogIdentity) throws(Problem) -> [Int]? {
        guard case .tags(let tags) = try request.preconditions.ifMatch else { return nil }
        return tags.map { $0.isWeak ? 0 : log.number(marked: $0.opaque) ?? 0 }
    }

    private static func refused(_ header: String, _ advice: String) -> Problem {
        .invalidParameters([.init(.header(header), "malformed", advice)])
    }
}
