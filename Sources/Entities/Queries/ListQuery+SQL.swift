import Catalogue
import JSON
package import Postgres

/// A list as SQL. Every value is bound; names of fields come from the catalogue.
extension ListQuery {
    /// Where the rows come from: the present, or all there ever was, to be narrowed down by ``present(asOf:)``.
    ///
    /// The two halves hold no condition of their own: only so does PostgreSQL treat them as one table whose indexes give
    /// the order.
    package static func source(asOf position: Int?) -> SQL {
        if position == nil { return "live.entities AS e" }
        return """
            (SELECT \(columns), 9223372036854775807 AS until_position FROM live.entities
            UNION ALL
            SELECT \(columns), until_position FROM live.entity_versions) AS e
            """
    }

    /// What holds for the rows that were the present right after a position.
    package static func present(asOf position: Int?) -> SQL {
        guard let position = position.map(Int64.init) else { return "true" }
        return "e.position <= \(position) AND e.until_position > \(position)"
    }

    private static let columns: SQL =
        "id, type, version, position, created_position, archived, favorite, tags, name, fields, search, document"

    /// What every wanted entity fulfils.
    func conditions(_ everyday: [String], asOf position: Int?) -> SQL {
        var conditions = [Self.present(asOf: position)]
        if let type {
            conditions.append("e.type = \(type.name)")
        } else {
            conditions.append("e.type = ANY(\(everyday))")
        }
        if let archived { conditions.append("e.archived = \(archived)") }
        if let favorite { conditions.append("e.favorite = \(favorite)") }
        if !tags.isEmpty { conditions.append(anyTag ? "e.tags && \(tags)" : "e.tags @> \(tags)") }
        if let words {
            conditions.append(words.isEmpty ? "false" : "e.search @@ \(Self.searched)")
        }
        conditions += filters.map(\.condition)
        return conditions.joined(by: " AND ")
    }

    /// Whether the maintained counts know the total: ``conditions(_:asOf:)`` then names only columns that they have too.
    var isCounted: Bool { filters.isEmpty && tags.isEmpty && words == nil }

    /// Works out once what is searched for, for all statements of the transaction: looking for mistyped words costs more
    /// than the search itself.
    static func prepareSearch(_ words: [String], asOf position: Int?) -> SQL {
        "SELECT set_config('lifeos.search', log.search_query(\(words), \(Int64(position ?? .max)))::text, true)"
    }

    /// What ``prepareSearch(_:asOf:)`` worked out. In a SELECT of its own, so that it is read once and not for every row.
    private static let searched: SQL = "(SELECT current_setting('lifeos.search')::tsquery)"

    /// Texts are sorted by so many characters: cursors hold them, and have to fit into an address.
    static let sortedLengthMax: Int32 = 200

    /// Everything that is sorted by, with its direction; what is missing comes last either way.
    func orderExpressions(asOf position: Int?) -> [(sql: SQL, type: String, descending: Bool)] {
        order.flatMap { key -> [(sql: SQL, type: String, descending: Bool)] in
            switch key.subject {
            case .created: [("e.created_position", "bigint", key.descending)]
            case .updated: [("e.position", "bigint", key.descending)]
            case .version: [("e.version", "integer", key.descending)]
            case .favorite: [("e.favorite", "boolean", key.descending)]
            case .type: [("e.type", "text", key.descending)]
            case .name: [("left(lower(e.name), \(Self.sortedLengthMax))", "text", key.descending)]
            case .relevance:
                words.map { words in
                    words.isEmpty ? [] : [("ts_rank(e.search, \(Self.searched))", "real", key.descending)]
                } ?? []
            case .field(let name, let kind):
                [
                    ("(NOT e.fields ? \(name))", "boolean", false),
                    FieldFilter.orderExpression(name, kind, key.descending),
                ]
            }
        }
    }

    /// Whether an entity comes after the one that the cursor names.
    static func after(_ keys: [String], _ order: [(sql: SQL, type: String, descending: Bool)]) -> SQL {
        var alternatives: [SQL] = []
        for index in order.indices {
            var conditions: [SQL] = []
            for (before, key) in zip(order[..<index], keys) {
                conditions.append("\(before.sql) = \(key)::text::\(unsafeSQL: before.type)")
            }
            let last = order[index]
            let sign: SQL = last.descending ? "<" : ">"
            conditions.append("\(last.sql) \(sign) \(keys[index])::text::\(unsafeSQL: last.type)")
            alternatives.append("(\(conditions.joined(by: " AND ")))")
        }
        return "(\(alternatives.joined(by: " OR ")))"
    }
}

extension FieldFilter {
    /// A field as what it is: a number where it holds one, otherwise text.
    private static func value(_ field: String, _ kind: Field.Kind) -> SQL {
        switch kind {
        case .integer, .number:
            "CASE WHEN jsonb_typeof(e.fields->\(field)) = 'number' THEN (e.fields->>\(field))::numeric END"
        default: "(e.fields->>\(field)) COLLATE \"C\""
        }
    }

    static func orderExpression(
        _ field: String, _ kind: Field.Kind, _ descending: Bool
    ) -> (sql: SQL, type: String, descending: Bool) {
        switch kind {
        case .integer, .number: ("coalesce(\(value(field, kind)), 0)", "numeric", descending)
        default:
            (
                "(left(coalesce(lower(e.fields->>\(field)), ''), \(ListQuery.sortedLengthMax)) COLLATE \"C\")", "text",
                descending
            )
        }
    }

    var condition: SQL {
        let isNumber = kind == .integer || kind == .number
        let left = Self.value(field, kind)
        func compare(_ sign: SQL) -> SQL {
            isNumber ? "(\(left)) \(sign) \(Decimal(values[0]))" : "\(left) \(sign) \(values[0])"
        }
        switch comparison {
        case .equal: return compare("=")
        // What is missing is unequal to everything.
        case .unequal: return "(\(compare("="))) IS NOT TRUE"
        case .greater: return compare(">")
        case .greaterOrEqual: return compare(">=")
        case .less: return compare("<")
        case .lessOrEqual: return compare("<=")
        case .oneOf:
            return isNumber
                ? "(\(left)) = ANY(\(values.compactMap { Decimal($0) }))" : "\(left) = ANY(\(values))"
        case .contains:
            return """
                CASE WHEN jsonb_typeof(e.fields->\(field)) = 'array'
                THEN e.fields->\(field) @> \(Self.element(values[0], kind))
                ELSE position(lower(\(values[0])) IN lower(e.fields->>\(field))) > 0 END
                """
        case .startsWith: return "starts_with(lower(e.fields->>\(field)), lower(\(values[0])))"
        case .exists: return values[0] == "true" ? "e.fields ? \(field)" : "NOT e.fields ? \(field)"
        }
    }

    /// The value as an element of a JSON array.
    private static func element(_ value: String, _ kind: Field.Kind) -> JSONBBytes {
        let element = kind == .string ? .string(value) : try? JSONValue(parsing: Array(value.utf8))
        return JSONBBytes(JSONValue.array([element ?? .null]).encoded())
    }
}
