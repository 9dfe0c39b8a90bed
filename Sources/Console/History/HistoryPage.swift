internal import Accounts
internal import HTML
internal import Replay
internal import System

/// What happened, the latest first, with the commands that show it in full or take it back.
struct HistoryPage {
    let asked: HistoryQuestion
    let types: [(name: String, title: String)]
    let zone: Zone
    let actor: Actor
    let notice: String?
    var entries: [AuditEntry] = []
    /// Where the next page begins.
    var next: String?
    /// Whether the question leaves out what was earlier.
    var isBounded = false
    var complaint: String?

    var page: Page {
        .console(title: "History", actor: actor, notice: notice) {
            H1("History")
            form
            if let complaint { P(complaint, .class("alert alert-fail"), .role("alert")) }
            if entries.isEmpty, complaint == nil {
                P(
                    next == nil
                        ? "No entries match."
                        : "No match on this page. Load older entries.",
                    .class("card"))
            }
            if !entries.isEmpty {
                OL(.class("trail")) { for entry in entries { item(entry) } }
            }
            if let next {
                P(.class("actions")) {
                    A(
                        "Older entries", .class("button button-quiet"),
                        .href(HistoryQuestion.address(asked.pairs + [("cursor", next)])), .rel("next"))
                }
            }
        }
    }

    // MARK: The question

    @MarkupBuilder private var form: Markup {
        Form(.class("card filters"), .method(.get), .action("/console/history")) {
            field("since", "From", asked.since, hint: "yesterday 18:00")
            field("until", "Until", asked.until, hint: "now")
            field("actor", "Who", asked.actor, hint: actor.name)
            Div {
                Label("What", .for("type"))
                Select(.id("type"), .name("type")) {
                    Option("Anything", .value(""))
                    for type in types {
                        Option(type.title, .value(type.name), .selected(type.name == asked.type))
                    }
                }
            }
            field("verb", "Change", asked.verb, hint: "archived")
            field("reason", "Reason", asked.reason, hint: "words in the reason")
            field("id", "Id", asked.id, hint: "of an entity or a correlation")
            Div(.class("actions")) {
                Button("Search", .class("button"), .type(.submit))
                if !asked.pairs.isEmpty { A("Clear", .class("button button-quiet"), .href("/console/history")) }
            }
        }
    }

    @MarkupBuilder private func field(_ name: String, _ label: String, _ value: String, hint: String) -> Markup {
        Div {
            Label(label, .for(name))
            Input(.id(name), .name(name), .type(.text), .value(value), .placeholder(hint), .autocomplete("off"))
        }
    }

    // MARK: The trail

    @MarkupBuilder private func item(_ entry: AuditEntry) -> Markup {
        LI(.class("card trail-item"), .id("p\(entry.position)")) {
            Div(.class("trail-line")) {
                Time(wallText(entry.recordedAt), .dateTime(entry.recordedAt.description))
                Strong(entry.actor)
                Span(entry.sentence)
            }
            if let reason = entry.reason { P("“\(reason)”", .class("trail-reason")) }
            P(.class("hint trail-marks")) {
                Span("position \(entry.position)")
                if let client = entry.client { Span("from \(client)") }
                if let whole = entry.correlation {
                    A(
                        "correlation \(whole)",
                        .href(HistoryQuestion.address([("id", whole.description)])))
                }
                A("all changes of this entity", .href(HistoryQuestion.address([("id", entry.id.description)])))
            }
            Details {
                Summary("Inspect or undo")
                for (meaning, command) in Self.commands(entry) {
                    P(meaning, .class("hint"))
                    Pre { Code(command) }
                }
            }
        }
    }

    /// What to write in a shell. Each of them first only says what it would do.
    static func commands(_ entry: AuditEntry) -> [(meaning: String, command: String)] {
        let before = entry.position - 1
        // Nobody takes back that someone signed in.
        if entry.type == "sign_in" { return [("The state at this point", "lifeos replay inspect \(entry.position)")] }
        var commands = [("Show what this changed, field by field", "lifeos replay diff \(before) \(entry.position)")]
        if let whole = entry.correlation {
            commands.append(("Undo everything with this correlation", "lifeos undo \(whole) --dry-run"))
            commands.append(
                ("Roll everything back to before it", "lifeos rollback --to before:\(whole) --dry-run"))
        }
        commands.append(
            (
                "Roll back only this \(entry.type.replacing("_", with: " "))",
                "lifeos rollback --to \(before) --entity \(entry.id) --dry-run"
            ))
        return commands
    }

    private func wallText(_ time: Timestamp) -> String {
        let wall = zone.wall(at: time)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let seconds = wall.secondsOfDay
        return "\(wall.date.year)-\(two(wall.date.month))-\(two(wall.date.day)) "
            + "\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }
}
