import Catalogue
import HTTPServer
import JSON
import System

/// What the routes of entities say of themselves.
extension RouteDescription {
    // MARK: Reading

    /// - Parameter type: nil for all that people keep.
    static func list(of type: EntityType?) -> RouteDescription {
        let page = type.map { "\(Schema.name(of: $0.name))Page" } ?? "EntityPage"
        return RouteDescription(
            answers: [
                Answer(summary: "A page of the list.", schema: Schema.named(page), headers: [.tag]), .notModified,
            ], problems: [.conflict, .preconditionFailed])
    }

    /// One entity, as it is, was, or is in a version.
    static func one(_ type: EntityType) -> RouteDescription {
        RouteDescription(
            answers: [
                Answer(
                    summary: "The \(type.title.lowercased()).", schema: Schema.named(Schema.name(of: type.name)),
                    headers: [.tag, .asOf]), .notModified,
            ], problems: [.notFound, .preconditionFailed])
    }

    /// Something about one entity that is no entity itself.
    static func about(_ schema: String, _ summary: String) -> RouteDescription {
        RouteDescription(
            answers: [Answer(summary: summary, schema: Schema.named(schema))], problems: [.notFound])
    }

    static var tagCounts: RouteDescription {
        RouteDescription(answers: [Answer(summary: "Tags, the most used first.", schema: Schema.named("TagCounts"))])
    }

    // MARK: Writing

    static func create(_ type: EntityType) -> RouteDescription {
        let name = Schema.name(of: type.name)
        return RouteDescription(
            body: Body(schema: Schema.named("\(name)Data")),
            answers: [
                Answer(
                    status: .created, summary: "Created.", schema: Schema.named(name),
                    headers: [.tag, .location, .replayed],
                    links: ["get", "update", "archive", "unarchive", "tag", "history", "references"].map {
                        "\(type.collection).\($0)"
                    })
            ],
            problems: [.conflict, .preconditionFailed])
    }

    /// A change of one entity.
    ///
    /// - Parameter body: what is in the body; nil where the address says it all.
    static func change(_ type: EntityType, by body: JSONValue? = nil) -> RouteDescription {
        RouteDescription(
            body: body.map { Body(schema: $0) },
            answers: [
                Answer(
                    summary: "The current state.", schema: Schema.named(Schema.name(of: type.name)),
                    headers: [.tag, .replayed])
            ], problems: [.notFound, .conflict, .preconditionFailed, .unprocessableContent])
    }
}

extension ParameterShape<String> {
    /// The entity that the path names. What is no id names nothing, so that is 404 and not 400.
    static func id(of type: EntityType) -> Self {
        let one = type.title.lowercased()
        guard let field = type.uniqueBy else {
            return .path("id", .init(["type": "string", "format": "uuid"], advice: "") { $0 }, "The id of the \(one).")
        }
        return .path("id", .text(length: 1...200), "The id of the \(one), or its \(field).")
    }
}

extension ParameterKind<Int> {
    static var version: Self { .int(in: 1...Int(Int32.max)) }
}
