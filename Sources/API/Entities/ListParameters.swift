import Catalogue
import Entities
import HTTPServer
import System

/// The parameters of lists and of single entities.
enum ListParameters {
    enum Archived: String, CaseIterable { case no = "false", yes = "true", any }
    enum TagMode: String, CaseIterable { case all, any }

    /// - Parameter needsSearch: whether `q` has to be there.
    static func query(
        _ request: Request, of type: EntityType?, needsSearch: Bool = false
    ) throws(Problem) -> ListQuery {
        try request.query.decode(unknown: .refused) { (reader: inout ParameterReader) throws(Problem) in
            var query = ListQuery(type: type)
            query.limit = reader.int("limit", in: 1...ListQuery.limitMax, default: ListQuery.limitDefault)
            query.offset = reader.int("offset", in: 0...ListQuery.offsetMax, default: 0)
            query.cursor = reader.value("cursor", advice: "Send `next_cursor` as you got it, or leave it out.") {
                Cursor($0)
            }
            query.search =
                needsSearch ? reader.text("q", bytes: 1...500, .required) : reader.text("q", bytes: 1...500)
            query.tags = reader.list("tags", countMax: 20).map { Slug.of($0) ?? $0 }
            query.anyTag = reader.choice("tags_mode", default: TagMode.all) == .any
            query.archived =
                switch reader.choice("archived", default: Archived.no) {
                case .no: false
                case .yes: true
                case .any: nil
                }
            query.favorite = reader.bool("favorite")
            query.sort = sort(&reader, type, isSearch: query.search != nil)
            query.filters = filters(&reader, type)
            query.point = point(&reader)
            if query.cursor != nil, query.offset > 0 {
                reader.refuse("offset", "excluded", "A cursor knows where it is: leave `offset` out.")
            }
            if query.cursor != nil, query.point != .now {
                reader.refuse("as_of", "excluded", "A cursor stays at the point of its first page: leave `as_of` out.")
            }
            return query
        }
    }

    private static func sort(_ reader: inout ParameterReader, _ type: EntityType?, isSearch: Bool) -> [SortKey] {
        let texts = reader.list("sort", countMax: ListQuery.sortKeysMax)
        return texts.compactMap { text in
            if let key = SortKey(text, of: type), isSearch || !key.isRelevance { return key }
            let fields = type?.fields.filter(\.isSortable).map(\.name) ?? []
            let names = (SortKey.common.filter { isSearch || $0 != "relevance" } + fields).joined(separator: ", ")
            reader.refuse(
                "sort", "not_a_choice",
                "`\(text)` cannot be sorted by. Use one of: \(names); - before it turns it round.")
            return nil
        }
    }

    private static func filters(_ reader: inout ParameterReader, _ type: EntityType?) -> [FieldFilter] {
        let texts = reader.list("filter", separator: nil, countMax: ListQuery.filtersMax)
        return texts.compactMap { text in
            do throws(FieldFilter.Problem) {
                return try FieldFilter(text, of: type)
            } catch {
                reader.refuse("filter", "malformed", error.advice)
                return nil
            }
        }
    }

    /// `as_of`, which every question about entities takes.
    static func point(_ reader: inout ParameterReader) -> Point {
        point("as_of", &reader) ?? .now
    }

    /// A parameter that is any point. Times without an offset are read by this machine's clock.
    static func point(_ name: String, _ reader: inout ParameterReader) -> Point? {
        guard let text = reader.text(name) else { return nil }
        do {
            return try Point(parsing: text, now: SystemWallClock().now(), in: .ofThisProcess)
        } catch {
            reader.refuse(name, "malformed", "\(error) In an address, write + as %2B and a space as %20.")
            return nil
        }
    }

    static func point(_ request: Request) throws(Problem) -> Point {
        try request.query.decode(unknown: .refused) { (reader: inout ParameterReader) throws(Problem) in
            point(&reader)
        }
    }
}
