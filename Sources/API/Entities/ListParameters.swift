import Catalogue
import Entities
import EventLog
import HTTPServer
import JSON
import System

/// The parameters of lists.
enum ListParameters {
    enum Archived: String, CaseIterable { case no = "false", yes = "true", any }
    enum TagMode: String, CaseIterable { case all, any }

    static let searchLengthMax = 500
    static let tagsMax = 20
}

extension ParameterShape<ListQuery> {
    /// - Parameters:
    ///   - type: nil for all that people keep.
    ///   - needsSearch: whether `q` has to be there.
    static func list(of type: EntityType?, needsSearch: Bool = false) -> Self {
        group(
            .limit, .offset, cursor, search(isRequired: needsSearch), tags, tagsMode, archived,
            .optional("favorite", .bool, "Only favorites, or only non-favorites."), .sort(of: type), .filter(of: type),
            .asOf
        ) { limit, offset, cursor, search, tags, tagsMode, archived, favorite, sort, filters, point in
            var query = ListQuery(type: type)
            query.limit = limit
            query.offset = offset
            query.cursor = cursor
            query.search = search
            query.tags = tags.map { Slug.of($0) ?? $0 }
            query.anyTag = tagsMode == .any
            query.archived = archived == .any ? nil : archived == .yes
            query.favorite = favorite
            query.sort = sort
            query.filters = filters
            query.point = point
            return query
        }.refusing(contradictions)
    }

    private static func contradictions(_ query: ListQuery) -> [Problem.Field] {
        var fields: [Problem.Field] = []
        func refuse(_ name: String, _ code: Problem.Code, _ message: String) {
            fields.append(.init(.parameter(name), code, message))
        }
        if query.search == nil, query.sort.contains(where: \.isRelevance) {
            refuse("sort", "not_a_choice", "Sorting by relevance needs `q`. Send both, or neither.")
        }
        if query.cursor != nil, query.offset > 0 {
            refuse("offset", "excluded", "A cursor already says where to continue: leave `offset` out.")
        }
        if query.cursor != nil, query.point != .now {
            refuse("as_of", "excluded", "A cursor keeps the point of its first page: leave `as_of` out.")
        }
        return fields
    }

    private static var cursor: ParameterShape<Cursor?> {
        .optional(
            "cursor",
            .init(["type": "string"], advice: "Send `next_cursor` unchanged, or leave it out.") { Cursor($0) },
            "`next_cursor` of the page before, with the same other parameters, but without `offset` and `as_of`.")
    }

    private static func search(isRequired: Bool) -> ParameterShape<String?> {
        let kind = ParameterKind.text(length: 1...ListParameters.searchLengthMax)
        let summary =
            "Words to find: whole words, prefixes, without accents, or mistyped. All must be "
            + "there."
        return isRequired
            ? ParameterShape<String>.required("q", kind, summary).map { $0 } : .optional("q", kind, summary)
    }

    private static var tags: ParameterShape<[String]> {
        .list(
            "tags", of: .text(length: 1...100), countMax: ListParameters.tagsMax,
            "Only entities with these tags, separated by commas.")
    }

    private static var tagsMode: ParameterShape<ListParameters.TagMode> {
        .optional(
            "tags_mode", .choice(), default: .all, "Whether all tags are required, or any.")
    }

    private static var archived: ParameterShape<ListParameters.Archived> {
        .optional(
            "archived", .choice(), default: .no,
            "Whether to return active entities, archived ones, or both.")
    }
}

extension ParameterShape<[SortKey]> {
    fileprivate static func sort(of type: EntityType?) -> Self {
        let fields = type?.fields.filter(\.isSortable).map(\.name) ?? []
        let names = (SortKey.common + fields.filter { !SortKey.common.contains($0) })
            .filter { SortKey($0, of: type) != nil }
        let schema: JSONValue = ["type": "string", "enum": .array(names.flatMap { [.string($0), .string("-\($0)")] })]
        let kind = ParameterKind<SortKey>(schema) { text throws(ParameterRefusal) in
            if let key = SortKey(text, of: type) { return key }
            throw ParameterRefusal(
                "not_a_choice",
                "`\(text)` cannot be sorted by. Use one of: \(names.joined(separator: ", ")); - before it turns it round."
            )
        }
        return list(
            "sort", of: kind, countMax: ListQuery.sortKeysMax,
            "Fields to sort by, separated by commas; `-` reverses one. Missing values come last. "
                + "`-relevance` puts the best match first and needs `q`.")
    }
}

extension ParameterShape<[FieldFilter]> {
    /// Across all types, there is nothing to compare.
    fileprivate static func filter(of type: EntityType?) -> Self {
        guard let type else { return .constant([]) }
        let fields = type.fields.filter(\.isComparable)
        let alternatives = fields.map { field in
            let comparisons = FieldFilter.comparisons(of: field).map(\.rawValue).joined(separator: ", ")
            return "`\(field.name)` (\(comparisons))"
        }
        let schema: JSONValue = ["type": "string", "pattern": .string(pattern(fields))]
        let kind = ParameterKind<FieldFilter>(schema) { text throws(ParameterRefusal) in
            do throws(FieldFilter.Problem) {
                return try FieldFilter(text, of: type)
            } catch {
                throw ParameterRefusal("malformed", error.advice)
            }
        }
        return list(
            "filter", of: kind, countMax: ListQuery.filtersMax, isJoined: false,
            "Conditions, all of which must hold, each as `field:comparison:value`, such as `name:starts:a`. "
                + "`in` takes values with commas between, `exists` takes true or false. Fields: "
                + alternatives.joined(separator: ", ") + ".")
    }

    /// What a filter looks like. Values of the wrong kind get past it, and no right one is kept out.
    private static func pattern(_ fields: [Field]) -> String {
        let alternatives = fields.map { field in
            let comparisons = FieldFilter.comparisons(of: field).filter { $0 != .exists }.map(\.rawValue)
            let kind = field.kind == .array ? field.elementKind ?? .string : field.kind
            let value =
                switch kind {
                case .boolean: "(true|false)(,(true|false))*"
                case .integer, .number: "[-+.,0-9eE]+"
                default: "[^\\x00]*"
                }
            return "\(field.name):((\(comparisons.joined(separator: "|"))):\(value)|exists:(true|false))"
        }
        return "^(\(alternatives.joined(separator: "|")))$"
    }
}
