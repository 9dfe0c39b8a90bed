import CLI
import Catalogue
import Configuration
import Postgres
import Service
import Spelling

/// Checks the words of `--type`, `--verb` and `--category` against the catalogue: a mistyped one would find nothing, which
/// looks as if nothing had happened.
///
/// What only the log knows, such as the events of a type whose file is gone, is accepted as well.
struct CatalogueWords {
    let catalogue: Catalogue

    init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    init(_ run: Invocation) throws {
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        catalogue = try Catalogue.load(from: Folders(settings).events)
    }

    private static let advice = "`lifeos events docs` lists every type and its events."

    private var categories: [String] { catalogue.types.map(\.name) + [Catalogue.receiptCategory] }

    /// Entity types and categories of the system.
    func check(categories names: [String], _ option: String, in pool: PostgresPool) async throws {
        for name in names where !categories.contains(name) {
            if try await hasEvents(of: name, in: pool) { continue }
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            if parts.count == 2, categories.contains(parts[0]) {
                throw unknown(name, "no type or category", meant: "\(option) \(parts[0]) for all of its events")
            }
            let near = Spelling.nearest(to: name, among: categories)
            throw unknown(name, "no type or category", meant: near.map { "\(option) \($0)" })
        }
    }

    /// Entity types alone.
    func check(types names: [String], _ option: String = "--type") throws {
        for name in names where catalogue[type: name] == nil {
            let near = Spelling.nearest(to: name, among: catalogue.types.map(\.name))
            throw unknown(name, "no entity type", meant: near.map { "\(option) \($0)" })
        }
    }

    /// Whole types of events, such as `character.created`.
    func check(eventTypes names: [String], _ option: String = "--type", in pool: PostgresPool) async throws {
        for name in names where catalogue.event(name) == nil {
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            if parts.count == 2, parts[0] == Catalogue.receiptCategory { continue }
            if parts.count == 2, try await hasEvents(of: parts[0], type: name, in: pool) { continue }
            let near: String?
            if catalogue[type: name] != nil {
                near = "--category \(name), or \(option) \(name).created"
            } else {
                let all = catalogue.types.flatMap(\.events).map(\.eventType)
                near = Spelling.nearest(to: name, among: all).map { "\(option) \($0)" }
            }
            throw unknown(name, "no type of event", meant: near)
        }
    }

    /// The last parts of types of events, such as `archived`.
    func check(verbs names: [String], _ option: String = "--verb") throws {
        let known = Set(catalogue.types.flatMap(\.events).map(\.verb)).sorted()
        for name in names where !known.contains(name) {
            let near = Spelling.nearest(to: name, among: known)
            throw unknown(name, "no verb of any event", meant: near.map { "\(option) \($0)" })
        }
    }

    private func hasEvents(of category: String, type: String? = nil, in pool: PostgresPool) async throws -> Bool {
        let ofType: SQL = type.map { "AND type = \($0)" } ?? ""
        return try await pool.query(
            "known_category", "SELECT 1 FROM log.events WHERE category = \(category) \(ofType) LIMIT 1"
        ).count > 0
    }

    private func unknown(_ name: String, _ what: String, meant: String?) -> Failure {
        let hint = meant.map { " Did you mean \($0)?" } ?? ""
        return Failure(
            "\(Spelling.quoted(name)) is \(what).\(hint)", advice: Self.advice, code: .usage, exitCode: .usage)
    }
}
