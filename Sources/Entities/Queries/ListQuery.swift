public import Catalogue
public import EventLog
import JSON

/// Which entities are wanted, in which order, and how many.
public struct ListQuery: Sendable {
    /// Nil for all types that people keep.
    public var type: EntityType?
    public var filters: [FieldFilter] = []
    /// Words to find, as someone typed them.
    public var search: String?
    public var tags: [String] = []
    /// Whether one of the tags is enough.
    public var anyTag = false
    /// Nil for both.
    public var archived: Bool? = false
    public var favorite: Bool?
    /// Empty for the usual order: the best match first where something is searched, otherwise the newest first.
    public var sort: [SortKey] = []
    public var limit = Self.limitDefault
    public var offset = 0
    public var cursor: Cursor?
    public var point: Point = .now

    public static let limitDefault = 50
    public static let limitMax = 200
    /// Beyond that, a cursor gets there without walking over everything before.
    public static let offsetMax = 100_000
    public static let searchWordsMax = 16
    public static let sortKeysMax = 4
    public static let filtersMax = 20

    public init(type: EntityType? = nil) { self.type = type }

    /// The words to find; nil where nothing is searched.
    var words: [String]? { search.map { Array(Words.of($0).prefix(Self.searchWordsMax)) } }

    /// What the list is sorted by, down to what no two entities share.
    var order: [SortKey] {
        var order = sort
        if order.isEmpty {
            order = search == nil ? [.created(descending: true)] : [.relevance, .created(descending: true)]
        }
        if !order.contains(where: \.isUnique) { order.append(.created(descending: true)) }
        return order
    }
}

/// A condition on a declared field, such as `year:gte:1990`.
public struct FieldFilter: Sendable, Hashable {
    public enum Comparison: String, Sendable, CaseIterable {
        case equal = "eq", unequal = "ne", greater = "gt", greaterOrEqual = "gte", less = "lt", lessOrEqual = "lte"
        case oneOf = "in", contains, startsWith = "starts", exists
    }

    public let field: String
    public let kind: Field.Kind
    public let comparison: Comparison
    public let values: [String]
}

/// One thing a list is sorted by.
public struct SortKey: Sendable, Hashable {
    enum Subject: Sendable, Hashable {
        case created, updated, name, version, favorite, type, relevance
        case field(String, Field.Kind)
    }

    let subject: Subject
    let descending: Bool

    static func created(descending: Bool) -> SortKey { SortKey(subject: .created, descending: descending) }
    public static let relevance = SortKey(subject: .relevance, descending: true)

    /// Whether it takes words that are searched for.
    public var isRelevance: Bool { subject == .relevance }

    /// Whether no two entities have the same: then nothing behind it matters.
    var isUnique: Bool { subject == .created || subject == .updated }

    /// The names that every type can be sorted by.
    public static let common = ["created_at", "updated_at", "name", "version", "favorite", "type", "relevance"]

    /// Reads `name` or `-name`; nil for what cannot be sorted by.
    public init?(_ text: String, of type: EntityType?) {
        descending = text.hasPrefix("-")
        let name = descending ? String(text.dropFirst()) : text
        switch name {
        case "created_at": subject = .created
        case "updated_at": subject = .updated
        case "version": subject = .version
        case "favorite": subject = .favorite
        case "type": subject = .type
        case "relevance": subject = .relevance
        case "name" where type?.field("name") == nil || type?.nameField == "name": subject = .name
        default:
            guard let field = type?.field(name), field.isSortable else { return nil }
            subject = .field(name, field.kind)
        }
    }

    init(subject: Subject, descending: Bool) {
        self.subject = subject
        self.descending = descending
    }
}
