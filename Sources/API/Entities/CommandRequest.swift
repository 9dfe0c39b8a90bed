import Accounts
import Cryptography
import Entities
import EventLog
import HTTPServer
import JSON
import System
import Telemetry

/// What the headers of a request say about the command it carries.
struct CommandRequest: Sendable {
    var key: String?
    var reason: String?
    var correlation: UUID?
    var conditions: Preconditions?

    /// Who asks, why, and on whose behalf.
    func meta(_ request: Request, _ identifiers: any IdentifierSource) throws(Problem) -> EventMeta {
        var meta = EventMeta(actor: try request.actor.name, command: identifiers.next())
        meta.requestID = request.requestID
        meta.traceparent = request.trace.traceparent
        meta.client = request.remoteAddress.description
        if let correlation { meta.correlation = correlation }
        meta.reason = reason
        if let key { meta.idempotency = .init(key: key, fingerprint: Self.fingerprint(request)) }
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
    func expected(_ log: LogIdentity) -> [Int]? {
        guard case .tags(let tags) = conditions?.ifMatch else { return nil }
        return tags.map { $0.isWeak ? 0 : log.number(marked: $0.opaque) ?? 0 }
    }
}

extension ParameterShape<CommandRequest> {
    /// Of a change of one entity.
    static var change: Self {
        .group(ifMatch, command) { conditions, command in
            var command = command
            command.conditions = conditions
            return command
        }
    }

    /// Of any change that is carried out at once.
    static var command: Self {
        .group(key, ParameterShape<String?>.reason, correlation) {
            CommandRequest(key: $0, reason: $1, correlation: $2)
        }
    }

    /// Of work that is its own undertaking.
    static var reason: Self { ParameterShape<String?>.reason.map { CommandRequest(reason: $0) } }

    /// Of work that continues in the background, and of what only leaves a trace in the log.
    static var order: Self {
        .group(ParameterShape<String?>.reason, correlation) { CommandRequest(reason: $0, correlation: $1) }
    }

    private static var ifMatch: ParameterShape<Preconditions> {
        .preconditions([
            .ifMatch:
                "The `ETag` of the version to change. A stale one is answered with 412 and the current version. One of another "
                + "log, such as one that this was restored from, matches nothing."
        ])
    }

    private static var key: ParameterShape<String?> {
        .optional(
            "Idempotency-Key", in: .header,
            .text(
                fitting: ["type": "string", "pattern": "^[!-~]{1,255}$"],
                advice: "Send 1 to 255 visible characters without spaces."),
            "A unique key for this change. If it is repeated within seven days, it gets the first response and changes nothing."
        )
    }

    private static var correlation: ParameterShape<UUID?> {
        .optional(
            "X-Correlation-Id", in: .header, .uuid,
            "Groups changes that belong together: send the same id with all of them.")
    }
}

extension ParameterShape<String?> {
    /// An empty one counts as none.
    fileprivate static var reason: Self {
        optional("X-Reason", in: .header, .text(length: 0...500), "Why, for those who read the history.")
            .map { $0?.isEmpty == true ? nil : $0 }
    }
}
