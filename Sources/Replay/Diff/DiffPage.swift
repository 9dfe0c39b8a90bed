import HTML
import JSON
import System

/// A diff as one HTML file that needs nothing else: to send, to print, to keep with the story of an incident.
public struct DiffPage: Sendable {
    /// More entities than this are only counted: browsers are no good at books.
    public static let entitiesMax = 2_000
    private static let valueLengthMax = 400

    private var rows: [Markup] = []
    private var leftOut = 0

    public init() {}

    public mutating func add(_ difference: EntityDifference) {
        if rows.count == Self.entitiesMax {
            leftOut += 1
        } else {
            rows.append(Self.section(difference))
        }
    }

    /// - Parameters:
    ///   - title: such as `From position 12 to position 40`.
    ///   - subtitle: what was looked at, and when.
    public func render(_ report: DiffReport, title: String, subtitle: String) -> [UInt8] {
        Page(title: title) {
            Markup(unsafeHTML: "<style>\(Self.style)</style>")
            Main {
                H1(title)
                P(subtitle)
                summary(report)
                for row in rows { row }
                if leftOut > 0 { P("… and \(leftOut) more entities: `lifeos replay diff --json` lists them all.") }
            }
        }.render()
    }

    private func summary(_ report: DiffReport) -> Markup {
        Markup {
            Table {
                THead {
                    TR {
                        TH("Type")
                        for kind in EntityDifference.Kind.allCases { TH(kind.rawValue) }
                    }
                }
                TBody {
                    for (type, kinds) in report.entities.sorted(by: { $0.key < $1.key }) {
                        TR {
                            TD(type)
                            for kind in EntityDifference.Kind.allCases { TD(kinds[kind].map(String.init) ?? "") }
                        }
                    }
                }
            }
            P(
                "By "
                    + report.actors.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
            )
        }
    }

    private static func section(_ difference: EntityDifference) -> Markup {
        Markup {
            Section {
                H2("\(difference.type) \(difference.name)")
                P {
                    Span(difference.kind.rawValue, .class(difference.kind.rawValue))
                    " "
                    Code(difference.id.description)
                }
                Table {
                    for part in difference.parts {
                        TR {
                            TH(part.change.cell.name)
                            TD(text(part.change.old), .class("old"))
                            TD(text(part.change.new), .class("new"))
                            TD(
                                "\(part.act.actor), \(part.act.recordedAt), position \(part.act.position)"
                                    + (part.act.reason.map { ": \($0)" } ?? ""))
                        }
                    }
                }
            }
        }
    }

    private static func text(_ value: JSONValue?) -> String {
        guard let value else { return "—" }
        let text = value.string ?? String(decoding: value.encoded(), as: UTF8.self)
        return text.count > valueLengthMax ? "\(text.prefix(valueLengthMax))…" : text
    }

    private static let style = """
        :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
        body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; table-layout: fixed; }
        th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-top: 1px solid #8884; overflow-wrap: anywhere; }
        section { margin: 2rem 0; } h2 { font-size: 1.1rem; margin-bottom: 0; }
        .old { background: #f004; } .new { background: #0a04; }
        .created, .unarchived { color: #080; } .archived, .gone { color: #a00; }
        """
}
