import EventLog
import HTTPServer
import System

/// The parameters by which events are asked for.
struct EventParameters {
    enum Order: String, CaseIterable { case asc, desc }

    static let limitMax = 1_000
    private static let listMax = 100

    var filter = EventFilter()
    /// Shows data as it was written.
    var isRaw = false

    /// The log that the positions are of, where the client says so.
    var log: LogID?

    /// What lists and streams have in common.
    init(_ reader: inout ParameterReader) {
        filter.after = reader.int("after", in: 0 ... .max)
        filter.upTo = reader.int("before", in: 1 ... .max).map { $0 - 1 }
        let streams = reader.list("stream", countMax: Self.listMax)
        if !streams.isEmpty { filter.streams = streams.compactMap { Self.uuid($0, &reader) } }
        filter.types = Self.names("type", &reader)
        // An event's type begins with its category, and by that there is an index.
        filter.categories = Self.names("category", &reader) ?? filter.types.flatMap(Self.categories)
        filter.actor = reader.text("actor", bytes: 1...200)
        filter.correlation = reader.uuid("correlation")
        filter.since = reader.timestamp("since")
        filter.until = reader.timestamp("until")
        isRaw = reader.bool("raw", default: false)
        log = reader.uuid("log").map { LogID($0) }
    }

    private static func names(_ name: String, _ reader: inout ParameterReader) -> [String]? {
        let names = reader.list(name, countMax: listMax)
        return names.isEmpty ? nil : names
    }

    private static func uuid(_ text: String, _ reader: inout ParameterReader) -> UUID? {
        if let id = UUID(text) { return id }
        reader.refuse("stream", "malformed", "Use identifiers such as 0197a1b2-0000-7000-8000-00000000000f.")
        return nil
    }

    private static func categories(of types: [String]) -> [String]? {
        var categories: [String] = []
        for type in types {
            guard let dot = type.lastIndex(of: ".") else { return nil }
            let category = String(type[..<dot])
            if !categories.contains(category) { categories.append(category) }
        }
        return categories
    }
}
