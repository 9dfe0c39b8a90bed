import Catalogue
import Entities
import HTTPServer
import JSON
import Postgres
import Replay
import System

extension ReplayRoutes {
    static let itemsMax = 1_000
    static let itemsDefault = 100
    /// Beyond it a request would take too long; the command line has all the time.
    static let diffEventsMax = 200_000

    func diff(_ request: Request) async throws -> Response {
        let (from, to, filter, limit) = try request.query.decode(unknown: .refused) {
            (reader: inout ParameterReader) throws(Problem) in
            var scope = ChangeScope(after: 0, upTo: 0)
            scope.types = reader.list("type", countMax: 50)
            scope.entities = reader.list("entity", countMax: 50).compactMap { Self.id($0, &reader) }
            scope.actor = reader.text("actor", bytes: 1...200)
            scope.correlation = reader.uuid("correlation")
            scope.command = reader.uuid("command")
            let from = ListParameters.point("from", &reader)
            return (
                reader.require("from", from, placeholder: .now), ListParameters.point("to", &reader) ?? .now, scope,
                reader.int("limit", in: 1...Self.itemsMax, default: Self.itemsDefault)
            )
        }
        try checkTypes(filter.types) { .init(.parameter("type"), "not_a_choice", $0) }
        let old = try await PointProblems.translating("from") { try await from.resolve(in: pool) }
        let new = try await PointProblems.translating("to") { try await to.resolve(in: pool) }
        let count = abs(new.position - old.position)
        guard count <= Self.diffEventsMax else {
            throw Problem(
                .unprocessableContent, "too_many",
                "\(count) events lie between the two points. Choose points with at most \(Self.diffEventsMax) between them, "
                    + "or use the command line: lifeos replay diff \(old.position) \(new.position)",
                members: ["limit": .integer(Self.diffEventsMax)])
        }
        var items: [EntityDifference] = []
        var total = 0
        let report = try await Diff(pool: pool, catalogue: service.catalogue).run(
            from: old.position, to: new.position, only: filter
        ) { difference in
            total += 1
            if items.count < limit { items.append(difference) }
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("from") { Self.write(old, into: &$0) }
            writer.field("to") { Self.write(new, into: &$0) }
            writer.field("items", items)
            writer.field("total", total)
            writer.field("summary", JSONValue.object(report.json))
        }
        return .json(writer.bytes)
    }

    static func write(_ point: ResolvedPoint, into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("position", point.position)
            writer.field("recorded_at", point.recordedAt?.description)
        }
    }

    func checkTypes(_ types: [String], _ field: (String) -> Problem.Field) throws(Problem) {
        for type in types where service.catalogue[type: type] == nil {
            throw .invalidParameters([field("There is no type `\(type)`. Use the name of one, such as character.")])
        }
    }

    private static func id(_ text: String, _ reader: inout ParameterReader) -> UUID? {
        if let id = UUID(text) { return id }
        reader.refuse("entity", "malformed", "Use identifiers such as 0197a1b2-0000-7000-8000-00000000000f.")
        return nil
    }
}
