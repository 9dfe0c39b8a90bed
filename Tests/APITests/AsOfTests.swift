import Entities
import JSON
import System
import TestSupport
import Testing

@Suite struct AsOfTests {
    /// A history of commands of all kinds, with questions in between. Afterwards every question is asked again about the
    /// position, and about the time, at which it was asked first.
    @Test func everyQuestionAboutThePastGetsTheAnswerGivenThen() async throws {
        var random = SeededRandom.forTest()
        for _ in 0..<Effort.rounds(1) {
            let seed = random.next()
            try await Studio.with { studio in
                var history = History(try studio.client(), seed: seed)
                for _ in 0..<90 {
                    try await history.act()
                    for _ in 0..<3 { try await history.ask() }
                }
                #expect(history.asked.count > 100)
                try await history.askAgain()
            }
        }
    }

    @Test func aPointBehindTheEndOfTheLogIsRefusedAndATimeToComeIsNow() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let made = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let path = "/api/v2/characters/\(made.id)"
            let future = try await client.get("\(path)?as_of=2")
            #expect(future.status == 400)
            #expect(future.places == ["as_of"])
            #expect(try await client.get("\(path)?as_of=0").status == 404)
            #expect(try await client.get("\(path)?as_of=1").bytes == made.bytes)
            #expect(try await client.get("\(path)?as_of=2999-01-01T00:00:00Z").bytes == made.bytes)
            #expect(try await client.get("\(path)?as_of=1999-01-01T00:00:00Z").status == 404)
            #expect(try await client.get("\(path)?as_of=yesterdy").status == 400)
        }
    }

    @Test func aPointCanBeSaidInAnyForm() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let whole = studio.service.identifiers.next()
            let made = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let path = "/api/v2/characters/\(made.id)"
            let changed = try await client.send(
                "PATCH \(path)", ["age": 30], ["X-Correlation-Id": whole.description])
            for (point, answer, position) in [
                ("event:\(made.id).1", made, "1"), ("before:\(whole)", made, "1"), ("-0s", changed, "2"),
            ] {
                let asked = try await client.get("\(path)?as_of=\(point)")
                #expect(asked.bytes == answer.bytes)
                #expect(asked.header("As-Of-Position") == position)
                let list = try await client.get("/api/v2/characters?as_of=\(point)")
                #expect(list.json["position"] == .integer(Int(position) ?? 0))
            }
            #expect(try await client.get("\(path)?as_of=today%2000:00").status == 404)
            for unknown in ["before:\(made.id)", "event:\(made.id).9", "event:0", "-15"] {
                let refused = try await client.get("\(path)?as_of=\(unknown)")
                #expect(refused.status == 400)
                #expect(refused.places == ["as_of"])
            }
        }
    }

    /// A time relative to now is another one when it is asked again, so its answer is not kept.
    @Test func soLongAgoIsCountedAnewEachTime() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            _ = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let target = "/api/v2/characters?as_of=-1s"
            #expect(try await client.get(target).json["total"] != nil)
            try await eventually("the event is a second old") { try await client.get(target).json["total"] == 1 }
        }
    }
}

/// A random history, and the questions that were asked while it happened.
private struct History {
    struct Question {
        let target: String
        let position: Int
        let status: Int
        let bytes: [UInt8]
    }

    private static let collections = ["characters", "clothing-items", "board-games", "stories"]
    private static let words = [
        "silk", "Silken", "wool", "crème", "brûlée", "gothic", "Zürich", "dragon", "dragonfly", "tale", "winter",
        "silks",
        "dragons", "gothics", "dragonet", "winters", "wools",
    ]
    private static let searches = words + ["creme", "drgon", "gothik", "zuri", "dra", "nothing", "winter tale", "-"]
    private static let tags = ["Gothic", "warm", "sci-fi", "été"]

    private let client: Client
    private var random: SeededRandom
    private var made: [(collection: String, id: String, version: Int)] = []
    private var head = 0
    /// Which of them changed last: what is asked about that one tells most.
    private var latest = 0
    private var linked: [String] = []
    private(set) var asked: [Question] = []

    init(_ client: Client, seed: UInt64) {
        self.client = client
        random = SeededRandom(seed: seed)
    }

    private mutating func some<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func phrase() -> String {
        (0...Int.random(in: 0...3, using: &random)).map { _ in some(Array(Self.words.prefix(4 + made.count / 2))) }
            .joined(separator: " ")
    }

    // MARK: What happens

    mutating func act() async throws {
        if made.count < 4 || chance(25) { return try await create() }
        if chance(8) { return try await dressTag() }
        // Few are changed often, rather than many once.
        let index = Int.random(in: 0..<(chance(60) ? 3 : made.count), using: &random)
        latest = index
        let (collection, id, version) = made[index]
        let path = "/api/v2/\(collection)/\(id)"
        let answer: Answer
        switch Int.random(in: 0..<10, using: &random) {
        case 0: answer = try await client.send("POST \(path)/archive", nil)
        case 1, 2: answer = try await client.send("POST \(path)/unarchive", nil)
        case 3: answer = try await client.send("POST \(path)/\(chance(50) ? "favorite" : "unfavorite")", nil)
        case 4: answer = try await client.send("POST \(path)/tags", ["tags": [.string(some(Self.tags))]])
        case 5: answer = try await client.send("DELETE \(path)/tags/\(some(["gothic", "warm", "sci-fi"]))", nil)
        case 6:
            let other = some(Array(made.prefix(3))).id
            answer = try await client.send("POST \(path)/links", ["to": .string(other), "relation": "near"])
            if answer.status == 200 { linked.append("\(path)/links/\(other)?relation=near") }
        case 7:
            answer = try await client.send("DELETE \(linked.popLast() ?? "\(path)/links/\(id)")", nil)
            latest = made.firstIndex { answer.request.contains($0.id) } ?? index
            note(answer)
            return
        case 8:
            let earlier = Int.random(in: 1...version, using: &random)
            answer = try await client.send("POST \(path)/revert", ["version": .integer(earlier)])
        default: answer = try await client.send("PATCH \(path)", fields(of: collection, isPatch: true))
        }
        #expect([200, 409].contains(answer.status), "\(answer.request): \(answer.raw.text)")
        note(answer)
        if let version = answer.json["version"]?.integer { made[index].version = version }
    }

    private mutating func create() async throws {
        let collection = some(Self.collections)
        let answer = try await client.send("POST /api/v2/\(collection)", fields(of: collection, isPatch: false))
        #expect(answer.status == 201, "\(answer.raw.text)")
        note(answer)
        made.append((collection, answer.id, 1))
    }

    /// Tags are entities too: their colours show in the cloud.
    private mutating func dressTag() async throws {
        let color = "#\(some(["112233", "c0392b"]))"
        note(try await client.send("PATCH /api/v2/tags/\(some(["gothic", "warm"]))", ["color": .string(color)]))
    }

    private mutating func note(_ answer: Answer) { head = max(head, answer.json["position"]?.integer ?? 0) }

    private mutating func fields(of collection: String, isPatch: Bool) -> JSONValue {
        let name = collection == "stories" ? "title" : "name"
        var fields: JSONObject = [:]
        if !isPatch || chance(50) { fields[name] = .string(phrase()) }
        switch collection {
        case "characters":
            if chance(60) { fields["age"] = isPatch && chance(30) ? .null : .integer(some([7, 30, 30, 99])) }
            if chance(40) { fields["personality"] = .string(phrase()) }
        case "board-games":
            if chance(60) { fields["year"] = .integer(some([1990, 2004, 2020])) }
            if chance(50) { fields["rating"] = .number(some([7.5, 7, 0])) }
            if chance(50) { fields["is_owned"] = .bool(chance(50)) }
            if chance(50) { fields["categories"] = .array([.string(some(Self.words))]) }
            let others = made.filter { $0.collection == "board-games" }
            if !others.isEmpty, chance(30) { fields["expands"] = .string(some(others).id) }
        case "clothing-items":
            if chance(50) { fields["color"] = .string(some(["red", "Blue"])) }
            if chance(30) { fields["category"] = .string(some(["top", "dress"])) }
        default: break
        }
        return .object(fields)
    }

    // MARK: What is asked

    mutating func ask() async throws {
        let target = chance(45) ? list() : chance(15) ? tagQuestion() : single()
        let answer = try await client.get(target)
        #expect([200, 404].contains(answer.status), "\(target): \(answer.raw.text)")
        asked.append(
            Question(
                target: target,
                position: answer.json["position"]?.integer.flatMap { isList(target) ? $0 : nil } ?? head,
                status: answer.status, bytes: answer.bytes))
    }

    /// Whether the position in the answer is that of the log rather than of an entity.
    private func isList(_ target: String) -> Bool {
        !target.split(separator: "?")[0].split(separator: "/").contains { $0.utf8.count == 36 }
            || target.contains("/history") || target.contains("/references")
    }

    private mutating func single() -> String {
        let one = chance(50) ? made[latest] : some(made)
        let path = "/api/v2/\(one.collection)/\(one.id)"
        let version = Int.random(in: 1...one.version, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return "\(path)/history?limit=\(some([1, 3, 50]))&offset=\(some([0, 0, 2]))"
        case 1: return "\(path)/versions/\(version)"
        case 2: return "\(path)/diff?from=\(version)&to=\(Int.random(in: 1...one.version, using: &random))"
        case 3, 4: return "\(path)/references"
        default: return path
        }
    }

    private mutating func tagQuestion() -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 3: "/api/v2/entities/counts"
        case 0: "/api/v2/tags/cloud" + (chance(50) ? "?type=character" : "?limit=2")
        case 1: "/api/v2/tags/suggest?prefix=\(some(["go", "w", "s", "%C3%A9"]))"
        default: "/api/v2/tags"
        }
    }

    private mutating func list() -> String {
        let search = "q=\(Self.encoded(some(Self.searches)))"
        var parameters: [String] = []
        var path = "/api/v2/entities"
        var sorts = ["created_at", "-updated_at", "name,-version", "favorite,type", "-created_at"]
        if chance(20) {
            path = "/api/v2/search"
            parameters.append(search)
        } else {
            if chance(70) {
                let collection = some(Self.collections)
                path = "/api/v2/\(collection)"
                if collection == "board-games" {
                    sorts += ["year", "-rating,year", "is_owned,name"]
                    if chance(50) {
                        let filters = [
                            "year:gte:2004", "rating:eq:7.5", "is_owned:ne:true", "categories:contains:wool",
                            "name:starts:s", "year:exists:false", "name:in:silk,wool",
                        ]
                        parameters.append("filter=\(some(filters))")
                    }
                }
            }
            if chance(35) { parameters.append(search) }
        }
        if chance(50) { parameters.append("sort=\(some(sorts))") }
        if chance(30) { parameters.append("tags=gothic,warm&tags_mode=\(some(["all", "any"]))") }
        if chance(40) { parameters.append("archived=\(some(["true", "any"]))") }
        if chance(20) { parameters.append("favorite=\(some(["true", "false"]))") }
        if chance(50) { parameters.append("limit=\(some([1, 2, 5]))") }
        if chance(20) { parameters.append("offset=\(some([1, 3]))") }
        return parameters.isEmpty ? path : "\(path)?\(parameters.joined(separator: "&"))"
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { $0 < 0x80 && $0 != 0x20 ? String(UnicodeScalar($0)) : "%\(String($0, radix: 16))" }.joined()
    }

    // MARK: And asked again

    func askAgain() async throws {
        let times = try await recordedTimes()
        for question in asked {
            let mark = question.target.contains("?") ? "&" : "?"
            var points = ["\(question.position)"]
            // Where two events share a time, the time means the later of them.
            if let time = times[question.position], times[question.position + 1] != time { points.append(time) }
            for point in points {
                let answer = try await client.get("\(question.target)\(mark)as_of=\(point)")
                #expect(answer.status == question.status, "\(answer.request)")
                let isSame = answer.bytes == question.bytes || question.status == 404
                #expect(
                    isSame,
                    """
                    \(answer.request)
                    then \(String(decoding: question.bytes, as: UTF8.self))
                    now  \(answer.raw.text)
                    """)
            }
        }
    }

    private func recordedTimes() async throws -> [Int: String] {
        let events = try await client.get("/api/v2/admin/events?limit=1000").json["items"]?.array ?? []
        return Dictionary(
            events.map { ($0["position"]?.integer ?? 0, $0["recorded_at"]?.string ?? "") },
            uniquingKeysWith: { first, _ in first })
    }
}
