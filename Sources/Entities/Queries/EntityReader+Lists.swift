import Catalogue
import Cryptography
import EventLog
import JSON
import Postgres

/// A page of a list.
public struct EntityPage: Sendable {
    /// Documents, in order.
    public let items: [[UInt8]]
    /// How many there are on all pages.
    public let total: Int
    public let next: Cursor?
    /// The position of the log that the page is right for.
    public let position: Int

    /// As clients get it.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("items") { writer in
                writer.array(of: items) { writer, document in writer.verbatim(document) }
            }
            writer.field("total", total)
            writer.field("next_cursor", next?.text)
            writer.field("position", position)
        }
        return writer.bytes
    }
}

extension EntityReader {
    /// All of a page comes from one snapshot, so total, items and position belong together.
    public func list(_ query: ListQuery) async throws -> EntityPage {
        let asOf: Int?
        if let cursor = query.cursor { asOf = cursor.position } else { asOf = try await position(of: query.point) }
        let order = query.orderExpressions(asOf: asOf)
        let question = query.question
        if let cursor = query.cursor, cursor.question != question || cursor.keys.count != order.count {
            throw QueryProblem.badCursor
        }
        let source = ListQuery.source(asOf: asOf)
        let conditions = query.conditions(everyday, asOf: asOf)
        var page: SQL =
            "SELECT e.document, ARRAY[\(order.map { "\($0.sql)::text" as SQL }.joined(by: ", "))] FROM \(source)"
        page = "\(page) WHERE \(conditions)"
        if let cursor = query.cursor { page = "\(page) AND \(ListQuery.after(cursor.keys, order))" }
        let directions = order.map { $0.descending ? "\($0.sql) DESC" : $0.sql as SQL }
        page = "\(page) ORDER BY \(directions.joined(by: ", ")) LIMIT \(Int64(query.limit + 1))"
        if query.cursor == nil, query.offset > 0 { page = "\(page) OFFSET \(Int64(query.offset))" }

        var batch = Batch.snapshot("entities_list")
        if let words = query.words, !words.isEmpty {
            batch.add("entities_search", ListQuery.prepareSearch(words, asOf: asOf))
        }
        let first = batch.count
        batch.add(
            "entities_count",
            asOf == nil && query.isCounted
                ? "SELECT coalesce(sum(e.count), 0)::bigint FROM live.entity_counts AS e WHERE \(conditions)"
                : "SELECT count(*) FROM \(source) WHERE \(conditions)")
        batch.add("entities_page", page)
        batch.endSnapshot()
        let answers: [Rows]
        do {
            answers = try await pool.run(batch)
        } catch let error as PostgresError where query.cursor != nil && error.isAboutData {
            throw QueryProblem.badCursor
        }
        let (head, log) = try Batch.head(in: answers)
        if let cursor = query.cursor, cursor.log != log.mark { throw QueryProblem.anotherLog(log, head: head) }
        if let asOf, asOf > head { throw QueryProblem.badCursor }
        let rows = try answers[first + 1].decode(JSONBytes.self, [String].self)
        let shown = rows.prefix(query.limit)
        let next = rows.count > query.limit ? shown.last : nil
        return EntityPage(
            items: shown.map(\.0.bytes), total: try answers[first].only(Int.self),
            next: next.map { Cursor(log: log.mark, position: asOf ?? head, keys: $0.1, question: question) },
            position: asOf ?? head)
    }
}

extension PostgresError {
    /// Whether a value could not be read as what it has to be: class 22 of SQLSTATE.
    fileprivate var isAboutData: Bool { code.rawValue.hasPrefix("22") }
}

extension ListQuery {
    /// The same for two questions that want the same in the same order, wherever they begin.
    var question: String {
        let parts: [JSONValue] = [
            .string(type?.name ?? ""),
            .array(
                filters.map {
                    .array([.string($0.field), .string($0.comparison.rawValue)] + $0.values.map { .string($0) })
                }),
            .string(search ?? ""), .array(tags.map { .string($0) }), .bool(anyTag), .string("\(archived as Bool?)"),
            .string("\(favorite as Bool?)"), .array(order.map { .string("\($0)") }),
        ]
        return TextCoding.base64URL.encode(Array(SHA256.hash(JSONValue.array(parts).encoded()).bytes.prefix(9)))
    }
}
