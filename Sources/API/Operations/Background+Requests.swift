import Catalogue
import Entities
import EventLog
import HTTPServer
import JSON
import System

extension Background {
    /// Starts work that a request asks for: 202, and where to read how it goes.
    ///
    /// - Parameter ownsCorrelation: whether the operation's id is the correlation, whatever the request says.
    func accept(
        _ work: Work, _ parameters: JSONObject, _ request: Request, _ order: CommandRequest,
        ownsCorrelation: Bool = false
    ) async throws -> Response {
        try await answering(request, order) { meta in
            var meta = meta
            if ownsCorrelation { meta.correlation = meta.command }
            let started = try await start(work, parameters: parameters, askedBy: meta)
            return (started.id, started.position)
        }
    }

    /// - Parameter body: returns the operation, and where it begins in the log, where that is known.
    func answering(
        _ request: Request, _ order: CommandRequest, _ body: (EventMeta) async throws -> (id: UUID, position: Int?)
    ) async throws -> Response {
        let meta = try order.meta(request, identifiers)
        let (id, position) = try await EntityProblems.recording(in: catalogue) { try await body(meta) }
        // From its first event on, so that whoever comes late misses nothing.
        let after = position.map { $0 - 1 } ?? 0
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("operation", id.description)
            writer.field("events", "/api/v2/stream/events?stream=\(id)&after=\(after)")
        }
        var response = Response.json(writer.bytes, .accepted)
        response.headers.add("Location", EntityProblems.operations(in: catalogue) + "/\(id)")
        return response
    }
}

extension EntityProblems {
    /// Where operations are found.
    static func operations(in catalogue: Catalogue) -> String {
        "/api/v2/\(catalogue[type: "operation"]?.collection ?? "admin/operations")"
    }

    /// Translates what keeps an operation from beginning, or from being recorded.
    static func recording<Result>(in catalogue: Catalogue, _ body: () async throws -> Result) async throws -> Result {
        guard let type = catalogue[type: "operation"] else {
            throw Problem.notFound(OperationRefusal.unknownCategory.description)
        }
        return try await translating(type) {
            do { return try await body() } catch let refusal as OperationRefusal {
                throw problem(refusal, operations(in: catalogue))
            }
        }
    }

    private static func problem(_ refusal: OperationRefusal, _ collection: String) -> Problem {
        switch refusal {
        case .busy(let id):
            let text = id.map { JSONValue.string($0.description) } ?? .null
            return Problem(.conflict, "busy", refusal.description, members: ["operation": text])
        case .uncertain(let id):
            return Problem(
                .conflict, "busy", refusal.description, members: ["operation": .string(id.description)],
                headers: ["Retry-After": "30"])
        case .tooMany:
            return .serviceUnavailable(refusal.description, retryAfter: .seconds(30), code: "too_many_operations")
        case .stopping: return .serviceUnavailable(refusal.description, retryAfter: .seconds(2), code: "stopping")
        case .undeclared: return Problem(.conflict, "undeclared_event", refusal.description)
        case .notFound: return .notFound("There is no operation with this id. List them at \(collection).")
        case .over(let status):
            return Problem(.conflict, "operation_over", refusal.description, members: ["outcome": .string(status)])
        case .unknownCategory: return .notFound(refusal.description)
        }
    }
}
