public import Entities
import EventLog
public import HTTPServer
import JSON
import Postgres
import Replay
import System

/// The audit trail: who did what to what, when, from where, and why.
public struct AuditRoutes: Sendable {
    private let service: EntityService
    private var pool: PostgresPool { service.pool }
    private let reader: AuditReader

    public init(service: EntityService) {
        self.service = service
        reader = AuditReader(pool: service.pool)
    }

    public func declare(in router: inout Router) {
        router.get(
            "/api/v2/admin/audit",
            info: RouteInfo(
                name: "audit.list", summary: "Who did what to what, when, from where, and why; the latest first.",
                tags: ["Audit"], details: Operation.audit)
        ) { request in try await list(request) }
        router.get(
            "/api/v2/admin/audit/export",
            info: RouteInfo(
                name: "audit.export",
                summary: "Download a part of the audit trail, with the proof that the log has it so.",
                tags: ["Audit"], details: Operation.auditExport)
        ) { request in try await export(request) }
    }

    /// Made while it is sent: a page of it is in memory, however long it is.
    private func export(_ request: Request) async throws -> Response {
        let (parameters, format) = try request.query.decode(unknown: .refused) {
            (reader: inout ParameterReader) throws(Problem) in
            (AuditParameters(&reader), reader.choice("format", default: ExportFormat.jsonl))
        }
        let filter = try await parameters.filter(in: pool)
        let asked = try CommandRequest.meta(request, service.identifiers)
        let type = MediaType(format == .csv ? "text/csv; charset=utf-8" : "application/jsonl") ?? .bytes
        var response = try await EntityProblems.recording(in: service.catalogue) {
            try await Response.streamOnceBegun(type: type) { write in
                _ = try await AuditExport(service).run(filter, format, askedBy: asked) { try await write($0) }
            }
        }
        response.headers.add("Content-Disposition", "attachment; filename=\"lifeos-audit.\(format.rawValue)\"")
        return response
    }

    private func list(_ request: Request) async throws -> Response {
        let (parameters, limit, cursor) = try request.query.decode(unknown: .refused) {
            (reader: inout ParameterReader) throws(Problem) in
            (
                AuditParameters(&reader), reader.int("limit", in: 1...AuditReader.limitMax, default: 50),
                reader.text("cursor")
            )
        }
        let filter = try await parameters.filter(in: pool)
        let log = try await PointProblems.translating("cursor") { try await service.log.identity() }
        let before = try cursor.map { cursor throws(Problem) in
            guard let position = log.number(marked: cursor), position > 0 else { throw .badCursor }
            return position
        }
        let page = try await reader.page(filter, limit: limit, before: before)
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("items", page.entries)
            writer.field("next_cursor", page.next.map(log.marked))
            writer.field("after", page.after)
            writer.field("position", page.upTo)
        }
        return .json(writer.bytes)
    }
}

extension Problem {
    fileprivate static let badCursor = Problem.invalidParameters([
        .init(
            .parameter("cursor"), "malformed",
            "Send `next_cursor` as you got it, or leave it out. One of another log, such as one that this was restored "
                + "from, is none of this one.")
    ])
}

/// The parameters by which entries of the audit trail are asked for.
struct AuditParameters {
    private var filter = AuditFilter()
    private let since: Point?
    private let until: Point

    init(_ reader: inout ParameterReader) {
        filter.actor = reader.text("actor", bytes: 1...200)
        filter.types = reader.list("type", countMax: 50)
        filter.entity = reader.uuid("entity")
        filter.verbs = reader.list("verb", countMax: 50)
        filter.correlation = reader.uuid("correlation")
        filter.client = reader.text("client", bytes: 1...100)
        filter.reason = (reader.text("reason", bytes: 1...500) ?? "").split(separator: " ").map(String.init)
        since = ListParameters.point("since", &reader)
        until = ListParameters.point("until", &reader) ?? .now
    }

    /// With the points looked up.
    func filter(in pool: PostgresPool) async throws -> AuditFilter {
        var filter = filter
        let after = try await PointProblems.translating("since") { try await since?.since(in: pool) ?? 0 }
        let upTo = try await PointProblems.translating("until") { try await until.resolve(in: pool).position }
        filter.bound(after: after, upTo: upTo)
        return filter
    }
}

/// Says where a point is none of the log's.
enum PointProblems {
    static func translating<Result>(_ parameter: String, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let problem as QueryProblem {
            throw EntityProblems.problem(problem, .notFound("There is nothing like that."), parameter: parameter)
        } catch let inside as InsideCommand {
            throw Problem.invalidParameters([
                .init(.parameter(parameter), "inside_command", "\(inside) \(inside.advice)")
            ])
        } catch let error as PostgresError {
            throw try EntityProblems.problem(error)
        }
    }
}
