import Accounts
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
                "audit.list", "List who changed what, when, from where and why, the latest first.", in: "Audit",
                needs: .readAudit, .audit),
            .audit, .limit(upTo: AuditReader.limitMax, default: 50), Self.cursor
        ) { _, asked, limit, cursor in try await list(asked, limit, cursor) }
        router.get(
            "/api/v2/admin/audit/export",
            info: RouteInfo(
                "audit.export", "Export audit entries with proof that they match the log.",
                in: "Audit", needs: .readAudit, .auditExport),
            .audit,
            .optional(
                "format", .choice(of: ExportFormat.self), default: .jsonl,
                "Comma-separated values, or one JSON object a line."), .order
        ) { request, asked, format, order in try await export(request, asked, format, order) }
    }

    private static let cursor = ParameterShape<String?>.optional(
        "cursor", .text, "`next_cursor` of the page before, with the same other parameters.")

    /// Made while it is sent: a page of it is in memory, however long it is.
    private func export(
        _ request: Request, _ parameters: AuditParameters, _ format: ExportFormat, _ order: CommandRequest
    ) async throws -> Response {
        let filter = try await parameters.filter(in: pool)
        let asked = try order.meta(request, service.identifiers)
        let type = MediaType(format == .csv ? "text/csv; charset=utf-8" : "application/jsonl") ?? .bytes
        var response = try await EntityProblems.recording(in: service.catalogue) {
            try await Response.streamOnceBegun(type: type) { write in
                _ = try await AuditExport(service).run(filter, format, askedBy: asked) { try await write($0) }
            }
        }
        response.headers.add("Content-Disposition", "attachment; filename=\"lifeos-audit.\(format.rawValue)\"")
        return response
    }

    private func list(_ parameters: AuditParameters, _ limit: Int, _ cursor: String?) async throws -> Response {
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
                + "from, is not accepted.")
    ])
}

/// The parameters by which entries of the audit trail are asked for.
struct AuditParameters: Sendable {
    fileprivate var filter = AuditFilter()
    fileprivate var since: Point?
    fileprivate var until = Point.now

    /// With the points looked up.
    func filter(in pool: PostgresPool) async throws -> AuditFilter {
        var filter = filter
        let after = try await PointProblems.translating("since") { try await since?.since(in: pool) ?? 0 }
        let upTo = try await PointProblems.translating("until") { try await until.resolve(in: pool).position }
        filter.bound(after: after, upTo: upTo)
        return filter
    }
}

extension ParameterShape<AuditParameters> {
    private static var listMax: Int { 50 }

    static var audit: Self {
        group(
            .optional("actor", .actor, "Only changes by this actor."),
            .list(
                "type", of: .declaredName, countMax: listMax,
                "Only what happened to these entity types or categories, such as character."),
            .optional("entity", .uuid, "Only what happened to this one, by its id."),
            .list("verb", of: .declaredName, countMax: listMax, "Only these, such as archived."),
            .optional("correlation", .uuid, "Only changes with this correlation."),
            .optional("client", .text(length: 1...100), "Only what was asked from this address."),
            .optional("reason", .text(length: 1...500), "Only where all of these words stand in the reason."),
            .optional(
                "since", .point,
                "Only what was recorded at this time or later, or behind this position. \(ParameterShape<Point>.pointForms)"
            ),
            .optional(
                "until", .point, default: .now, "Only what was recorded up to this point; now unless said otherwise.")
        ) { actor, types, entity, verbs, correlation, client, reason, since, until in
            var asked = AuditParameters()
            asked.filter.actor = actor
            asked.filter.types = types
            asked.filter.entity = entity
            asked.filter.verbs = verbs
            asked.filter.correlation = correlation
            asked.filter.client = client
            asked.filter.reason = (reason ?? "").split(separator: " ").map(String.init)
            asked.since = since
            asked.until = until
            return asked
        }
    }
}
