import Catalogue
import Entities
import HTTPServer
import JSON

/// What the routes of entities say of themselves.
extension Operation {
    // MARK: Reading

    /// - Parameter type: nil for all that people keep.
    static func list(of type: EntityType?, needsSearch: Bool = false) -> Operation {
        let search =
            needsSearch
            ? Parameter(
                name: "q", place: .query, summary: Parameter.search.summary, schema: Parameter.search.schema,
                isRequired: true) : .search
        var parameters: [Parameter] = [
            .limit, .offset, .cursor, search, .tags, .tagsMode, .archived, .favorite, .sort(of: type),
        ]
        if let type { parameters.append(.filter(of: type)) }
        let page = type.map { "\(Schema.name(of: $0.name))Page" } ?? "EntityPage"
        return Operation(
            parameters: parameters + [.asOf, .ifNoneMatch, .requestID],
            answers: [
                Answer(summary: "A page of the list.", schema: Schema.named(page), headers: [.tag]), .notModified,
            ], problems: [.conflict, .preconditionFailed])
    }

    /// One entity, as it is, was, or is in a version.
    static func one(_ type: EntityType, _ more: Parameter...) -> Operation {
        Operation(
            parameters: [.id(of: type)] + more + [.asOf, .ifNoneMatch, .requestID],
            answers: [
                Answer(
                    summary: "The \(type.title.lowercased()).", schema: Schema.named(Schema.name(of: type.name)),
                    headers: [.tag, .asOf]), .notModified,
            ], problems: [.notFound, .preconditionFailed])
    }

    /// Something about one entity that is no entity itself.
    static func about(_ type: EntityType, _ more: Parameter..., schema: String, _ summary: String) -> Operation {
        Operation(
            parameters: [.id(of: type)] + more + [.asOf, .requestID],
            answers: [Answer(summary: summary, schema: Schema.named(schema))], problems: [.notFound])
    }

    static func tagCounts(_ more: Parameter..., limit: Int) -> Operation {
        Operation(
            parameters: more + [
                Parameter(
                    name: "limit", place: .query, summary: "How many to answer at most.",
                    schema: Schema.whole(from: 1, to: EntityReader.tagsMax, default: limit)), .asOf, .requestID,
            ], answers: [Answer(summary: "Tags, the most worn first.", schema: Schema.named("TagCounts"))])
    }

    // MARK: Writing

    static func create(_ type: EntityType) -> Operation {
        let name = Schema.name(of: type.name)
        return Operation(
            parameters: Parameter.writing,
            body: Body(schema: Schema.named("\(name)Data")),
            answers: [
                Answer(
                    status: .created, summary: "It came into being.", schema: Schema.named(name),
                    headers: [.tag, .location, .replayed],
                    links: ["get", "update", "archive", "unarchive", "tag", "history", "references"].map {
                        "\(type.collection).\($0)"
                    })
            ],
            problems: [.conflict, .preconditionFailed])
    }

    /// A change of one entity that stands in the body.
    static func change(_ type: EntityType, by body: JSONValue) -> Operation {
        var operation = change(type)
        operation.body = Body(schema: body)
        return operation
    }

    /// A change of one entity that the address says.
    static func change(_ type: EntityType, _ more: Parameter...) -> Operation {
        Operation(
            parameters: [.id(of: type)] + more + [.ifMatch] + Parameter.writing,
            answers: [
                Answer(
                    summary: "As it is now.", schema: Schema.named(Schema.name(of: type.name)),
                    headers: [.tag, .replayed])
            ], problems: [.notFound, .conflict, .preconditionFailed, .unprocessableContent])
    }
}

extension Operation.Body {
    static let tags = Schema.object([
        "tags": Schema.list(of: ["type": "string", "minLength": 1, "maxLength": 100], ["minItems": 1])
    ])
    static let link = Schema.object(
        [
            "to": Schema.id,
            "relation": ["type": "string", "pattern": EntityRoutes.relationPattern, "default": "related"],
        ], optional: ["relation"])
    static let revert = Schema.object(["version": Schema.whole(from: 1, to: Int(Int32.max))])
}

extension Parameter {
    static let writing: [Parameter] = [.idempotencyKey, .reason, .correlation, .requestID]

    static func id(of type: EntityType) -> Parameter {
        type.uniqueBy.map {
            .path("id", "The id of the \(type.title.lowercased()), or its \($0).", ["type": "string", "minLength": 1])
        } ?? .path("id", "The id of the \(type.title.lowercased()).")
    }

    static let version = Parameter.path(
        "version", "Which version; the first is 1.", Schema.whole(from: 1, to: Int(Int32.max)))
    static let prefix = Parameter(
        name: "prefix", place: .query, summary: "How the tag begins.",
        schema: ["type": "string", "minLength": 1, "maxLength": 25], isRequired: true)

    /// A version to compare.
    static func version(_ name: String, _ summary: String) -> Parameter {
        Parameter(
            name: name, place: .query, summary: summary, schema: Schema.whole(from: 1, to: Int(Int32.max)),
            isRequired: true)
    }

    static func type(of catalogue: Catalogue) -> Parameter {
        Parameter(
            name: "type", place: .query, summary: "Only tags that entities of this type wear.",
            schema: Schema.choice(catalogue.types.map(\.name)))
    }

    fileprivate static func sort(of type: EntityType?) -> Parameter {
        let fields = type?.fields.filter(\.isSortable).map(\.name) ?? []
        // By relevance can be sorted only where something is searched.
        let names = SortKey.common.filter { $0 != "relevance" }
        let keys = names + fields.filter { !names.contains($0) }
        return Parameter(
            name: "sort", place: .query,
            summary: "What to sort by, with commas between; `-` before one turns it round. What is missing comes last. "
                + "With `q` also by `-relevance`, the best match first.",
            schema: Schema.list(
                of: Schema.choice(keys.flatMap { [$0, "-\($0)"] }), ["maxItems": .integer(ListQuery.sortKeysMax)]),
            isJoined: true)
    }

    fileprivate static func filter(of type: EntityType) -> Parameter {
        let fields = type.fields.filter(\.isComparable)
        let alternatives = fields.map { field in
            let comparisons = FieldFilter.comparisons(of: field).map(\.rawValue).joined(separator: ", ")
            return "`\(field.name)` (\(comparisons))"
        }
        return Parameter(
            name: "filter", place: .query,
            summary: "Conditions that all have to hold, each as `field:comparison:value`, such as `name:starts:a`. "
                + "`in` takes values with commas between, `exists` takes true or false. Fields: "
                + alternatives.joined(separator: ", ") + ".",
            schema: Schema.list(
                of: ["type": "string", "pattern": .string(Self.filterPattern(fields))],
                ["maxItems": .integer(ListQuery.filtersMax)]))
    }

    /// What a filter looks like, as exactly as a pattern can say.
    private static func filterPattern(_ fields: [Field]) -> String {
        let alternatives = fields.map { field in
            let comparisons = FieldFilter.comparisons(of: field).filter { $0 != .exists }.map(\.rawValue)
            let kind = field.kind == .array ? field.elementKind ?? .string : field.kind
            let value =
                switch kind {
                case .boolean: "(true|false)"
                case .integer, .number: "-?(0|[1-9][0-9]{0,8})(\\.[0-9]{1,8})?"
                default: "[^,\\x00]{1,50}"
                }
            return "\(field.name):((\(comparisons.joined(separator: "|"))):\(value)|exists:(true|false))"
        }
        return "^(\(alternatives.joined(separator: "|")))$"
    }
}
