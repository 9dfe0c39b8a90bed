import Entities
package import JSON
package import System
package import TestSupport

/// A random history: commands on a few entities of several types, so that they meet often.
package struct History {
    /// What is asked of one of the entities; `place` says of which.
    package struct Step: CustomStringConvertible {
        package var place: Int
        package var action: Action
        package var expects = Expectation.any
        /// The number of an idempotency key, and whether the request is said to be another than the first under it.
        package var key: Int?
        package var isOtherRequest = false
        /// Steps that follow up to the next such one are handed in together.
        package var startsRound = true
        /// Of an entity of this place's type, though under the id of `place`; nil where both are of one place.
        package var typePlace: Int?

        package init(
            place: Int, action: Action, expects: Expectation = .any, key: Int? = nil, isOtherRequest: Bool = false,
            startsRound: Bool = true, typePlace: Int? = nil
        ) {
            self.place = place
            self.action = action
            self.expects = expects
            self.key = key
            self.isOtherRequest = isOtherRequest
            self.startsRound = startsRound
            self.typePlace = typePlace
        }

        /// The type that the command names.
        package var type: String { Cast.types[typePlace ?? place] }

        package var description: String {
            "\(startsRound ? "— " : "  ")\(Cast.names[place])\(typePlace.map { " as \(Cast.types[$0])" } ?? "") \(action)"
                + (expects == .any ? "" : " expecting \(expects)")
                + (key.map { " key \($0)\(isOtherRequest ? " of another request" : "")" } ?? "")
        }
    }

    package enum Expectation { case any, current, stale }

    package enum Action {
        case create(JSONObject, tags: [Int], isFavorite: Bool, isArchived: Bool)
        case patch(JSONObject)
        case archive, unarchive
        case favorite(Bool)
        case tag([Int])
        case untag([Int])
        case link(Int, String)
        case unlink(Int, String)
        /// To the version of that number, counted round and round.
        case revert(Int)
        case declared(String, JSONObject)
    }

    package var steps: [Step]

    package init(steps: [Step]) { self.steps = steps }

    package init(count: Int, using random: inout SeededRandom) {
        steps = []
        for number in 0..<count {
            let place = Int.random(in: Cast.types.indices, using: &random)
            // Now and then under the id of something else.
            let isAlien = Int.random(in: 0..<8, using: &random) == 0
            let typePlace = isAlien ? Int.random(in: Cast.types.indices, using: &random) : place
            var step = Step(
                place: place,
                action: Self.action(on: typePlace, isEarly: number < count / 4, using: &random))
            if typePlace != place { step.typePlace = typePlace }
            step.startsRound = Int.random(in: 0..<5, using: &random) == 0
            if Int.random(in: 0..<4, using: &random) == 0 { step.expects = .current }
            if Int.random(in: 0..<12, using: &random) == 0 { step.expects = .stale }
            if Int.random(in: 0..<3, using: &random) == 0 {
                step.key = Int.random(in: 0..<count, using: &random)
                step.isOtherRequest = Int.random(in: 0..<6, using: &random) == 0
            }
            steps.append(step)
        }
    }

    private static func action(on place: Int, isEarly: Bool, using random: inout SeededRandom) -> Action {
        let type = Cast.types[place]
        if type == "operation" {
            let verb = ["started", "progressed", "progressed", "completed"].randomElement(using: &random) ?? ""
            return .declared(verb, Cast.operation(verb, using: &random))
        }
        func tags() -> [Int] { (0..<3).filter { _ in Int.random(in: 0..<3, using: &random) == 0 } }
        func relation() -> String { ["shows", "wears"].randomElement(using: &random) ?? "" }
        switch isEarly ? Int.random(in: 0..<4, using: &random) : Int.random(in: 0..<22, using: &random) {
        case 0...2:
            return .create(
                Cast.data(of: place, using: &random), tags: tags(),
                isFavorite: Int.random(in: 0..<4, using: &random) == 0,
                isArchived: Int.random(in: 0..<8, using: &random) == 0)
        case 3...8: return .patch(Cast.patch(of: place, using: &random))
        case 9, 10: return .archive
        case 11, 12, 13: return .unarchive
        case 14: return .favorite(Bool.random(using: &random))
        case 15, 16: return .tag(tags())
        case 17: return .untag(tags())
        case 18, 19: return .link(Int.random(in: Cast.types.indices, using: &random), relation())
        case 20: return .unlink(Int.random(in: Cast.types.indices, using: &random), relation())
        default: return .revert(Int.random(in: 0..<9, using: &random))
        }
    }
}

extension History.Action: CustomStringConvertible {
    package var description: String {
        switch self {
        case .create(let data, let tags, let isFavorite, let isArchived):
            "create \(JSONValue.object(data)) tags \(tags)" + (isFavorite ? " favorite" : "")
                + (isArchived ? " archived" : "")
        case .patch(let patch): "patch \(JSONValue.object(patch))"
        case .archive: "archive"
        case .unarchive: "unarchive"
        case .favorite(let wanted): "favorite \(wanted)"
        case .tag(let tags): "tag \(tags)"
        case .untag(let tags): "untag \(tags)"
        case .link(let place, let relation): "link \(Cast.names[place]) \(relation)"
        case .unlink(let place, let relation): "unlink \(Cast.names[place]) \(relation)"
        case .revert(let number): "revert \(number)"
        case .declared(let verb, let data): "\(verb) \(JSONValue.object(data))"
        }
    }
}

/// The entities that histories are about.
package enum Cast {
    package static let types =
        Array(repeating: "character", count: 4) + Array(repeating: "story", count: 2)
        + Array(repeating: "story_scene", count: 4) + Array(repeating: "image", count: 2)
        + Array(repeating: "composition", count: 2) + Array(repeating: "tag", count: 3)
        + Array(repeating: "operation", count: 2)
    package static let names = types.enumerated().map { "\($1)#\($0)" }
    package static let firstTag = 14

    package static let searched: [String: [String]] = [
        "character": ["name", "occupation", "personality"], "story": ["title", "summary"],
        "story_scene": ["title", "text"], "image": ["name", "description"], "composition": ["name"],
        "tag": ["name", "description"], "operation": ["title", "message"],
    ]
    package static let nameFields = ["story": "title", "story_scene": "title", "operation": "title"]

    package static func slug(_ tag: Int) -> String { "t\(tag)" }

    /// Tags have ids of their own making; see `Studio`.
    package static func id(_ place: Int) -> UUID {
        UUID(high: 0x0190_0000_0000_7000 + UInt64(place), low: 0x8000_0000_0000_0000 + UInt64(place))
    }

    private static func words(using random: inout SeededRandom) -> JSONValue {
        let words = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            "w\(Int.random(in: 0..<40, using: &random))"
        }
        return .string(words.joined(separator: Bool.random(using: &random) ? " " : ", "))
    }

    private static func reference(to type: String, using random: inout SeededRandom) -> JSONValue {
        // Now and then to something of another type, which has to be refused.
        let right = types.indices.filter { types[$0] == type }
        let place =
            Int.random(in: 0..<12, using: &random) == 0
            ? Int.random(in: 0..<firstTag, using: &random) : right.randomElement(using: &random) ?? 0
        return .string(id(place).description)
    }

    package static func data(of place: Int, using random: inout SeededRandom) -> JSONObject {
        var data = JSONObject()
        let type = types[place]
        data[nameFields[type] ?? "name"] =
            type == "tag"
            ? .string([slug(place - firstTag), " T\(place - firstTag) "].randomElement(using: &random) ?? "")
            : words(using: &random)
        for (name, value) in optional(type, using: &random) where Bool.random(using: &random) { data[name] = value }
        return data
    }

    package static func patch(of place: Int, using random: inout SeededRandom) -> JSONObject {
        var patch = JSONObject()
        let type = types[place]
        for (name, value) in optional(type, using: &random) where Int.random(in: 0..<3, using: &random) == 0 {
            patch[name] = Int.random(in: 0..<4, using: &random) == 0 ? .null : value
        }
        let name = nameFields[type] ?? "name"
        switch Int.random(in: 0..<12, using: &random) {
        case 0: patch[name] = .null
        case 1, 2: patch[name] = words(using: &random)
        default: break
        }
        return patch
    }

    private static func optional(_ type: String, using random: inout SeededRandom) -> [(String, JSONValue)] {
        let number: JSONValue = [1, 1.0, 2, 2.50].randomElement(using: &random) ?? 1
        func many(_ type: String) -> JSONValue {
            var seen: Set<String> = []
            let ids = (0..<Int.random(in: 0...3, using: &random)).map { _ in reference(to: type, using: &random) }
            return .array(ids.filter { seen.insert($0.string ?? "").inserted })
        }
        switch type {
        case "character":
            return [
                ("occupation", words(using: &random)), ("personality", words(using: &random)),
                ("height_centimeters", number),
            ]
        case "story": return [("summary", words(using: &random)), ("characters", many("character"))]
        case "story_scene":
            return [
                ("text", words(using: &random)), ("story", reference(to: "story", using: &random)),
                ("characters", many("character")),
            ]
        case "image": return [("description", words(using: &random))]
        case "composition":
            // The same entity may lie in several layers.
            let layers = (0..<Int.random(in: 0...4, using: &random)).map { _ -> JSONValue in
                ["entity": reference(to: "image", using: &random), "order": 1]
            }
            return [("character", reference(to: "character", using: &random)), ("layers", .array(layers))]
        default: return [("description", words(using: &random))]
        }
    }

    package static func operation(_ verb: String, using random: inout SeededRandom) -> JSONObject {
        let done: JSONValue = [1, 1.0, 1.00, 2].randomElement(using: &random) ?? 1
        return switch verb {
        case "started": ["kind": "test", "title": words(using: &random), "status": "running"]
        case "progressed": ["done": done, "message": words(using: &random)]
        default: ["status": "completed", "done": done]
        }
    }
}
