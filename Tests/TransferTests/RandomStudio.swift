import Catalogue
import Entities
import EventLog
import JSON
import System
import TestStudio
import TestSupport
import Transfer

/// Lives through a random history of all types: what comes of it is valid, and otherwise as odd as it may be.
struct RandomStudio {
    let studio: Studio
    var random: SeededRandom
    private(set) var made: [(id: UUID, type: EntityType)] = []

    init(_ studio: Studio, _ random: SeededRandom) {
        self.studio = studio
        self.random = random
    }

    /// - Parameter count: how many entities come into being.
    mutating func live(entities count: Int, changes: Int) async throws {
        let types = studio.catalogue.types.filter { !$0.isSystem }
        for index in 0..<count {
            guard let type = types.randomElement(using: &random) else { continue }
            let data = data(of: type, index)
            let id = type.derivedID(for: data) ?? studio.service.identifiers.next()
            var extras = EntityCommand.Extras()
            extras.tags = tags()
            // A name that was taken before is refused; so be it.
            if case .success = await submit(.create(Content(data, of: type), extras), id, type) {
                made.append((id, type))
            }
        }
        for _ in 0..<changes {
            guard let (id, type) = made.randomElement(using: &random), let other = made.randomElement(using: &random)
            else { continue }
            let link = Entity.Link(
                target: other.id, relation: ["shows", "related"].randomElement(using: &random) ?? "")
            let action: EntityCommand.Action =
                switch Int.random(in: 0..<10, using: &random) {
                case 0...3: .patch(.object(patch(of: type)))
                case 4: .tag(tags() + ["odd"])
                case 5: .untag(["odd"])
                case 6: .link(link)
                case 7: .favorite(Bool.random(using: &random))
                case 8: .archive
                default: Bool.random(using: &random) ? .unarchive : .unlink(link)
                }
            _ = await submit(action, id, type)
        }
    }

    private func submit(
        _ action: EntityCommand.Action, _ id: UUID, _ type: EntityType
    ) async -> Result<EntityAnswer, any Error> {
        let meta = EventMeta(actor: "tester", command: studio.service.identifiers.next())
        do {
            return .success(try await studio.service.writer.submit(EntityCommand(action, on: id, of: type, meta: meta)))
        } catch { return .failure(error) }
    }

    private mutating func tags() -> [String] {
        Array(
            ["wool", "sea", "to-do", "blue", "x1"].shuffled(using: &random).prefix(
                Int.random(in: 0...2, using: &random)))
    }

    private mutating func data(of type: EntityType, _ index: Int) -> JSONObject {
        var data = JSONObject()
        for field in type.fields.shuffled(using: &random)
        where field.isRequired || Int.random(in: 0..<3, using: &random) == 0 {
            data[field.name] = value(of: field.schema)
        }
        data[type.nameField] = .string("\(type.title) \(index) ✶")
        // The writer takes new data for checked.
        for field in Content.problems(in: data, of: type).compactMap(\.pointer.tokens.first) { data[field] = nil }
        return data
    }

    private mutating func patch(of type: EntityType) -> JSONObject {
        var patch = JSONObject()
        for field in type.fields.shuffled(using: &random).prefix(3) where field.name != type.nameField {
            patch[field.name] = Bool.random(using: &random) && !field.isRequired ? .null : value(of: field.schema)
        }
        return patch
    }

    /// Something that fits; nil where nothing does, such as a reference before there is anything to refer to.
    private mutating func value(of schema: JSONValue) -> JSONValue? {
        if let choices = schema["enum"]?.array { return choices.randomElement(using: &random) }
        switch schema["type"]?.string {
        case "boolean": return .bool(Bool.random(using: &random))
        case "integer":
            let range = (schema["minimum"]?.integer ?? 0)...(schema["maximum"]?.integer ?? 1_000_000)
            return .integer(Int.random(in: range, using: &random))
        case "number":
            let (least, most) = (schema["minimum"]?.integer ?? 0, schema["maximum"]?.integer ?? 9)
            // Digits are kept as they were written.
            return JSONNumber("\(Int.random(in: least...max(least, most - 1), using: &random)).50").map { .number($0) }
        case "array":
            var elements: [JSONValue] = []
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                if let element = value(of: schema["items"] ?? [:]), !elements.contains(element) {
                    elements.append(element)
                }
            }
            return .array(elements)
        case "object": return object(of: schema)
        default: return text(of: schema)
        }
    }

    private mutating func object(of schema: JSONValue) -> JSONValue? {
        guard let properties = schema["properties"]?.object else {
            return ["z": 1, "a": [["deep", 1.50], "ß"], "e": [:]]
        }
        var object = JSONObject()
        for (name, inner) in properties.shuffled(using: &random) {
            if let value = value(of: inner) { object[name] = value }
        }
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        return required.allSatisfy { object[$0] != nil } ? .object(object) : nil
    }

    private mutating func text(of schema: JSONValue) -> JSONValue? {
        if let types = schema["x-references"]?.array?.compactMap(\.string) {
            let fitting = made.filter { types == ["*"] || types.contains($0.type.name) }
            return fitting.randomElement(using: &random).map { .string($0.id.description) }
        }
        switch (schema["format"]?.string, schema["pattern"]?.string) {
        case ("date-time", _): return "2026-11-21T06:10:34Z"
        case ("uri", _): return "https://example.org/a?b=c"
        case (_, .some(let pattern)):
            let known = [
                "sha256": String(repeating: "0a", count: 32), "color": "#C0392b", "language": "en-GB", "name": "abc_1",
            ].values
            return known.first { $0.wholeMatch(of: (try? Regex(pattern)) ?? Regex(verbatim: "")) != nil }.map {
                .string($0)
            }
        default: return ["", "plain", "Ærø — “x”", "line\nline\ttab\\\"\u{1}"].randomElement(using: &random)
        }
    }
}
