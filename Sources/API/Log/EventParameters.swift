import EventLog
import HTTPServer
import JSON
import System

/// What events are asked for; lists and streams have it in common.
struct EventParameters: Sendable {
    enum Order: String, CaseIterable { case asc, desc }

    static let limitMax = 1_000
    static let listMax = 100

    var filter = EventFilter()
    /// Shows data as it was written.
    var isRaw = false
    /// The log that the positions are of, where the client says so.
    var log: LogID?

    fileprivate static func categories(of types: [String]) -> [String]? {
        var categories: [String] = []
        for type in types {
            guard let dot = type.lastIndex(of: ".") else { return nil }
            let category = String(type[..<dot])
            if !categories.contains(category) { categories.append(category) }
        }
        return categories
    }
}

extension ParameterShape<EventParameters> {
    static var events: Self {
        let listMax = EventParameters.listMax
        return group(
            .optional(
                "after", .int(in: 0...Int.max),
                "Only events after this position. A position beyond the end of the log is refused, since it belongs to another log."
            ),
            .optional(
                "log", .uuid,
                "The id of the log that your positions belong to. The request is refused if this is another log."),
            .optional("before", .int(in: 1...Int.max), "Only events before this position."),
            .list("stream", of: .uuid, countMax: listMax, "Only events of these streams, by id."),
            .list(
                "category", of: .declaredName, countMax: listMax, "Only events of these categories, such as character."),
            .list(
                "type", of: .declaredName, countMax: listMax, "Only events of these types, such as character.created."),
            .optional("actor", .actor, "Only changes by this actor."),
            .optional("correlation", .uuid, "Only changes with this correlation."),
            .optional("since", .timestamp, "Only what was recorded at this time or later."),
            .optional("until", .timestamp, "Only what was recorded at this time or earlier."), .raw
        ) { after, log, before, streams, categories, types, actor, correlation, since, until, isRaw in
            var asked = EventParameters()
            asked.filter.after = after
            asked.filter.upTo = before.map { $0 - 1 }
            if !streams.isEmpty { asked.filter.streams = streams }
            if !types.isEmpty { asked.filter.types = types }
            // An event's type begins with its category, and by that there is an index.
            asked.filter.categories =
                categories.isEmpty ? asked.filter.types.flatMap(EventParameters.categories) : categories
            asked.filter.actor = actor
            asked.filter.correlation = correlation
            asked.filter.since = since
            asked.filter.until = until
            asked.isRaw = isRaw
            asked.log = log.map { LogID($0) }
            return asked
        }
    }
}

extension ParameterShape<Bool> {
    static var raw: Self {
        .optional("raw", .bool, default: false, "Return data as it was written, not upgraded to the newest version.")
    }
}

extension ParameterShape<Int?> {
    /// What browsers send when they connect again; empty where nothing arrived before.
    static var lastEventID: Self {
        let kind = ParameterKind<Int?>(["type": "integer", "minimum": 0]) { text throws(ParameterRefusal) in
            if text.isEmpty { return nil }
            if let position = Int(text), position >= 0 { return position }
            throw ParameterRefusal("malformed", "Use the position of an event, or leave the header out.")
        }
        return ParameterShape<Int??>.optional(
            "Last-Event-ID", in: .header, kind,
            "The position of the last event received: the stream resumes after it. One beyond the end of the log is "
                + "refused."
        ).map { $0 ?? nil }
    }
}
