import Catalogue
import Commands
import Entities
import EventLog
import JSON
import Postgres
import System
import TestStudio
import TestSupport
import Testing

/// What happens to entities with extreme values, and what is asked about them.
struct ExtremeLife {
    private let studio: Studio
    private var values: ExtremeValues
    private let checksData: Bool
    private(set) var made: [(id: UUID, type: EntityType)] = []
    private(set) var changedCount = 0

    init(_ studio: Studio, _ random: SeededRandom, checksData: Bool) {
        self.studio = studio
        self.checksData = checksData
        values = ExtremeValues(random: random)
    }

    private var seed: UInt64 { values.random.seed }

    /// Hands in many commands at once, so that they share a batch.
    mutating func live(commands count: Int) async throws {
        var commands: [EntityCommand] = []
        for _ in 0..<count { if let command = try command() { commands.append(command) } }
        let results = try await studio.service.writer.submit(commands)
        for (command, result) in zip(commands, results) {
            switch result {
            case .success(.created): made.append((command.id, command.type))
            case .success(.changed): changedCount += 1
            case .success: break
            case .failure(is Rejection): break
            case .failure(let error): Issue.record("seed \(seed): \(error) of \("\(command.action)".prefix(500))")
            }
        }
    }

    /// Nil for what is refused at the door.
    private mutating func command() throws -> EntityCommand? {
        let names = ["extreme", "extreme", "extreme", "extreme_label"]
        let (id, type, action): (UUID, EntityType, EntityCommand.Action)
        if let one = made.randomElement(using: &values.random), Int.random(in: 0..<5, using: &values.random) > 1 {
            (id, type) = one
            guard let change = change(of: type) else { return nil }
            action = change
        } else {
            type = try Scribe(studio: studio).type(names.randomElement(using: &values.random) ?? "extreme")
            let data = values.data(of: type)
            if checksData {
                let problems = Content.problems(in: data, of: type)
                #expect(problems.allSatisfy { !$0.message.isEmpty })
                if !problems.isEmpty { return nil }
            }
            var extras = EntityCommand.Extras()
            extras.tags = tags()
            id = type.derivedID(for: data) ?? studio.service.identifiers.next()
            action = .create(Content(data, of: type), extras)
        }
        var meta = EventMeta(actor: "tester", command: studio.service.identifiers.next())
        meta.reason = values.word()
        if Bool.random(using: &values.random) {
            let key = String(repeating: "~", count: 250) + String(Int.random(in: 0..<40, using: &values.random))
            meta.idempotency = .init(key: key, fingerprint: "f")
        }
        return EntityCommand(action, on: id, of: type, meta: meta)
    }

    private mutating func change(of type: EntityType) -> EntityCommand.Action? {
        switch Int.random(in: 0..<8, using: &values.random) {
        case 0...2:
            guard let field = type.fields.randomElement(using: &values.random) else { return nil }
            return .patch([field.name: values.value(of: field)])
        case 3: return .tag(tags())
        case 4: return .untag(tags())
        case 5:
            guard let other = made.randomElement(using: &values.random) else { return nil }
            return .link(.init(target: other.id, relation: Slug.of(values.word()) ?? "related"))
        case 6: return .favorite(Bool.random(using: &values.random))
        default: return Bool.random(using: &values.random) ? .unarchive : .archive
        }
    }

    /// As the door makes them, or as whoever wrote an old log did.
    private mutating func tags() -> [String] {
        var tags: [String] = []
        for _ in 0..<Int.random(in: 0..<4, using: &values.random) {
            let word = values.word()
            guard let tag = Slug.of(word) ?? (checksData ? nil : word), !tags.contains(tag) else { continue }
            tags.append(tag)
        }
        return tags
    }

    /// Every entity can still be read and changed.
    func changeEverything() async throws {
        let scribe = Scribe(studio: studio)
        let reader = EntityReader(pool: studio.pool, catalogue: studio.catalogue)
        for (id, type) in made {
            do {
                try await scribe.change(id, type.name, .unarchive)
                for wanted in [true, false] { try await scribe.change(id, type.name, .favorite(wanted)) }
                let document = try #require(try await reader.find(id, of: type))
                _ = try JSONValue(parsing: document)
                #expect(try await reader.history(of: id, type)?.items.isEmpty == false)
            } catch { Issue.record("seed \(seed): \(type.name) \(id) is lost: \(error)") }
        }
    }

    mutating func ask(questions count: Int) async throws {
        let reader = EntityReader(pool: studio.pool, catalogue: studio.catalogue)
        let type = try Scribe(studio: studio).type("extreme")
        for _ in 0..<count {
            var query = try question(of: type)
            let said = "seed \(seed): \(query.search ?? "-") \(query.tags) \(query.filters) \(query.sort)"
            do {
                for _ in 0..<4 {
                    let page = try await reader.list(query)
                    guard let next = page.next else { break }
                    // It goes into an address, beside everything else that was asked.
                    #expect(next.text.utf8.count < 12_000, "\(said)")
                    query.cursor = Cursor(next.text)
                    #expect(query.cursor == next)
                }
                _ = try await reader.tags(prefix: values.word(), limit: 5)
                _ = try await reader.tags(type: type.name, limit: 5)
            } catch { Issue.record("\(said): \(error)") }
        }
    }

    private mutating func question(of type: EntityType) throws -> ListQuery {
        var query = ListQuery(type: type)
        query.limit = 7
        query.archived = nil
        if Bool.random(using: &values.random) { query.search = "\(values.word()) \(values.word())" }
        if Int.random(in: 0..<3, using: &values.random) == 0 { query.tags = tags().compactMap { Slug.of($0) } }
        query.anyTag = Bool.random(using: &values.random)
        let comparable = type.fields.filter(\.isComparable)
        for _ in 0..<Int.random(in: 0..<3, using: &values.random) {
            guard let field = comparable.randomElement(using: &values.random),
                let comparison = FieldFilter.comparisons(of: field).randomElement(using: &values.random)
            else { continue }
            let value = [values.word(), values.number(isWhole: false).text, "true", "[1]"]
                .randomElement(using: &values.random)
            // What cannot be compared is refused in words.
            let text = "\(field.name):\(comparison.rawValue):\(value ?? "")"
            if let filter = try? FieldFilter(text, of: type) { query.filters.append(filter) }
        }
        let sortable = SortKey.common + type.fields.filter(\.isSortable).map(\.name)
        for name in sortable.shuffled(using: &values.random).prefix(3) {
            let text = Bool.random(using: &values.random) ? name : "-\(name)"
            guard let key = SortKey(text, of: type), !key.isRelevance || query.search != nil else { continue }
            query.sort.append(key)
        }
        return query
    }
}
