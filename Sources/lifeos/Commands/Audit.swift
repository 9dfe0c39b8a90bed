import CLI
import Configuration
import Entities
import EventLog
import JSON
import Postgres
import Replay
import System

/// The options by which entries of the audit trail are asked for.
enum AuditOptions {
    private static let actor = Option("actor", .text, placeholder: "name", "Only changes by this actor.")
    private static let type = Option(
        repeated: "type", .text, placeholder: "name", "Only changes to this entity type or system category.")
    private static let entity = Option("entity", Kind.identifier, "Only changes to this entity.")
    private static let verb = Option(
        repeated: "verb", .text, placeholder: "name", "Only this kind of change, such as archived.")
    private static let correlation = Option(
        "correlation", Kind.identifier,
        "Only changes with this correlation: all that one command, import or operation did.")
    private static let client = Option("client", .text, placeholder: "address", "Only requests from this address.")
    private static let reason = Option(
        "reason", .text, placeholder: "words", "Only entries whose reason has all of these words.")
    private static let since = Option(
        "since", Kind.point, "Only what was recorded at this time or later, or after this position.")
    private static let until = Option("until", Kind.point, default: "now", "Only what was recorded up to this point.")

    static let all: [any Parameter] = [actor, type, entity, verb, correlation, client, reason, since, until]

    static func filter(_ run: Invocation, _ pool: PostgresPool) async throws -> AuditFilter {
        if !run[type].isEmpty || !run[verb].isEmpty {
            let words = try CatalogueWords(run)
            try await words.check(categories: run[type], "--type", in: pool)
            try words.check(verbs: run[verb])
        }
        var filter = AuditFilter()
        filter.actor = run[actor]
        filter.types = run[type]
        filter.entity = run[entity]
        filter.verbs = run[verb]
        filter.correlation = run[correlation]
        filter.client = run[client]
        filter.reason = (run[reason] ?? "").split(separator: " ").map(String.init)
        try await filter.bound(since: run[since], until: run[until], in: pool)
        return filter
    }
}

extension Command {
    private static let limit = Option(
        "limit", .integer(1...100_000), default: "50", placeholder: "number",
        "The maximum number of entries: the latest.")

    static let audit = Command(
        "audit", "Show who changed what, when, from where, and why.",
        details: """
            One line per change, the latest last. With --json, each line is an object that also has the command and correlation.

            \(PointProblem.forms)
            """,
        options: AuditOptions.all + [limit],
        examples: [
            "lifeos audit --since \"yesterday 18:00\" --verb archived": "What has been archived since then.",
            "lifeos audit --type sign_in": "Who signed in, and who was refused.",
        ]
    ) { run in
        try await withLog(run) { pool in
            let filter = try await AuditOptions.filter(run, pool)
            let reader = AuditReader(pool: pool)
            var entries: [AuditEntry] = []
            var before: Int?
            repeat {
                let page = try await reader.page(
                    filter, limit: min(AuditReader.limitMax, run[limit] - entries.count), before: before)
                entries += page.entries
                before = page.next
            } while before != nil && entries.count < run[limit]
            if entries.isEmpty { run.output.note("No entries match.") }
            for entry in entries.reversed() { show(entry, on: run.output) }
        }
    }

    static func show(_ entry: AuditEntry, on output: Output) {
        if output.isJSON { return output.json(entry) }
        var line = "\(entry.position)  \(entry.recordedAt.seconds)  \(entry.actor)  \(entry.sentence)"
        if let client = entry.client { line += "  from \(client)" }
        if let reason = entry.reason { line += "  because: \(reason)" }
        output.say(line.replacing("\n", with: " "))
    }
}
