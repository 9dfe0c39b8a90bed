import CLI
import Configuration
import Entities
import EventLog
import JSON
import Postgres
import System
import Telemetry

extension Command {
    private static let after = Option(
        "after", .integer(0 ... .max), placeholder: "position", "Only events after this position.")
    private static let before = Option(
        "before", .integer(1 ... .max), placeholder: "position", "Only events before this position.")
    private static let stream = Option(repeated: "stream", .identifier, "Only events of this stream.")
    private static let category = Option(
        repeated: "category", .text, placeholder: "name", "Only events of this category, such as character.")
    private static let type = Option(
        repeated: "type", .text, placeholder: "name", "Only events of this type, such as character.created.")
    private static let actor = Option("actor", .text, placeholder: "name", "Only changes by this actor.")
    private static let correlation = Option(
        "correlation", .identifier, "Only changes with this correlation: all that one command, import or operation did."
    )
    private static let since = Option(
        "since", Kind.point, "Only what was recorded at this time or later, or after this position.")
    private static let until = Option("until", Kind.point, "Only what was recorded up to this point.")
    private static let limit = Option(
        "limit", .integer(1...100_000), default: "50", placeholder: "number",
        "The maximum number of events: the latest, or with --after or --since the first.")
    private static let follows = Option(
        flag: "follow", short: "f", "Keep printing new events until Ctrl-C; with --after, start there.")

    static let logShow = Command(
        "log show", "Show events: position, time, type, stream, version, actor and data.",
        details: "With --json, each event is a line with all of its fields.\n\n\(PointProblem.forms)",
        options: [after, before, stream, category, type, actor, correlation, since, until, limit, follows],
        examples: [
            "lifeos log show --actor admin --since today": "What the administrator has done since midnight.",
            "lifeos log show --follow": "The latest events, then new ones as they come.",
        ]
    ) { run in
        try await withLog(run) { pool in
            let reader = EventReader(pool: pool)
            var filter = try await filter(run, pool)
            let head = try await reader.head().position
            if let start = filter.after, start > head {
                throw Failure(
                    "The log ends at position \(head), before \(start).",
                    advice:
                        "If \(start) comes from a log that this one was restored or forked from, start again from the beginning.",
                    code: .usage,
                    exitCode: .usage)
            }
            if run[follows], let start = filter.after {
                return try await follow(run, pool, filter, after: start)
            }
            if run[follows] { filter.upTo = min(filter.upTo ?? head, head) }
            let wantsFirst = run[after] != nil || run[since] != nil
            var shown = filter
            if !wantsFirst, let first = try await reader.position(ofLast: run[limit], filter) {
                shown.after = first - 1
            }
            var left = run[limit]
            while left > 0 {
                let page = try await reader.page(shown, limit: left)
                for event in page.events { show(event, on: run.output) }
                guard page.isFull, let last = page.events.last else { break }
                left -= page.events.count
                shown.after = last.position
            }
            if left == run[limit], !run[follows] { run.output.note("No events match.") }
            filter.upTo = run[before].map { $0 - 1 }
            if run[follows] { try await follow(run, pool, filter, after: head) }
        }
    }

    private static func filter(_ run: Invocation, _ pool: PostgresPool) async throws -> EventFilter {
        func given<Item>(_ list: [Item]) -> [Item]? { list.isEmpty ? nil : list }
        if !run[type].isEmpty || !run[category].isEmpty {
            let words = try CatalogueWords(run)
            try await words.check(eventTypes: run[type], in: pool)
            try await words.check(categories: run[category], "--category", in: pool)
        }
        var filter = EventFilter()
        filter.after = run[after]
        filter.upTo = run[before].map { $0 - 1 }
        filter.streams = given(run[stream])
        filter.categories = given(run[category])
        filter.types = given(run[type])
        filter.actor = run[actor]
        filter.correlation = run[correlation]
        if let point = run[since] { try await filter.begin(at: point, in: pool) }
        if let point = run[until] { try await filter.end(at: point, in: pool) }
        return filter
    }

    /// Prints what comes until somebody asks it to stop, or nobody reads any more.
    private static func follow(
        _ run: Invocation, _ pool: PostgresPool, _ filter: EventFilter, after position: Int
    ) async throws {
        let tail = LogTail(pool: pool, metrics: Metrics(), logger: .silent)
        try await tail.start()
        let start = try await tail.reached(position)
        var filter = filter
        filter.after = nil
        let printing = Task { [filter] in
            for await events in tail.subscribe(after: start, filter: filter) {
                for event in events { show(event, on: run.output) }
            }
        }
        _ = try? await run.interrupted()
        await tail.stop()
        await printing.value
    }

    private static func show(_ event: Event, on output: Output) {
        if output.isJSON { return output.json(event) }
        let actor = (try? JSONValue(parsing: event.meta))?["actor"]?.string ?? "?"
        let data = String(decoding: event.data.prefix(shownBytesMax), as: UTF8.self)
        let rest = event.data.count > shownBytesMax ? "…" : ""
        output.say(
            "\(event.position)  \(event.recordedAt.seconds)  \(event.type)  \(event.stream) v\(event.version)  \(actor)  "
                + data.replacing("\n", with: " ") + rest)
    }

    /// The number of bytes shown of an event's data.
    private static let shownBytesMax = 200
}
