import Catalogue
import Entities
import EventLog
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

    func diff(_ asked: DiffParameters) async throws -> Response {
        let (from, to, filter, limit) = (asked.from, asked.to, asked.scope, asked.limit)
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
            throw .invalidParameters([field("There is no type `\(type)`. Use a type such as character.")])
        }
    }
}

/// What is asked of two points.
struct DiffParameters: Sendable {
    let from: Point
    let to: Point
    let scope: ChangeScope
    let limit: Int

    static let listMax = 50
}

extension ParameterShape<DiffParameters> {
    static var diff: Self {
        let listMax = DiffParameters.listMax
        return group(
            .required("from", .point, "The point to compare from. \(ParameterShape<Point>.pointForms)"),
            .optional("to", .point, default: .now, "The point to compare with; now unless said otherwise."),
            .list("type", of: .declaredName, countMax: listMax, "Only these entity types, such as character."),
            .list("entity", of: .uuid, countMax: listMax, "Only these, by their ids."),
            .optional("actor", .actor, "Only changes by this actor."),
            .optional("correlation", .uuid, "Only changes with this correlation."),
            .optional("command", .uuid, "Only what this command did."),
            .limit(upTo: ReplayRoutes.itemsMax, default: ReplayRoutes.itemsDefault)
        ) { from, to, types, entities, actor, correlation, command, limit in
            var scope = ChangeScope(after: 0, upTo: 0)
            scope.types = types
            scope.entities = entities
            scope.actor = actor
            scope.correlation = correlation
            scope.command = command
            return DiffParameters(from: from, to: to, scope: scope, limit: limit)
        }
    }
}
