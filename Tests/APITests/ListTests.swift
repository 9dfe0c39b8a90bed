import Cryptography
import JSON
import System
import TestSupport
import Testing

@Suite struct ListTests {
    /// Board games as the test knows them, to work out by hand what a list has to answer.
    private struct Game {
        let id: String
        let order: Int
        let data: JSONValue

        func text(_ field: String) -> String? { data[field]?.string }
        func number(_ field: String) -> Double? { data[field]?.double }
    }

    private static func games(_ client: Client, _ random: inout SeededRandom, count: Int = 24) async throws -> [Game] {
        var games: [Game] = []
        for order in 0..<count {
            func some<Element>(_ elements: [Element]) -> Element {
                elements[Int.random(in: 0..<elements.count, using: &random)]
            }
            var data: JSONObject = ["name": .string(some(["ark", "Ark nova", "Brass", "brass: lancashire", "catan"]))]
            if some([true, true, false]) { data["year"] = .integer(some([-200, 1995, 2018, 2021])) }
            if some([true, false]) { data["rating"] = some([0, 7.25, 8.5, 10]) }
            if some([true, false]) { data["is_owned"] = .bool(some([true, false])) }
            if some([true, false]) { data["categories"] = .array(some([["trains"], ["trains", "war"], []])) }
            if some([true, false]) {
                data["looked_up_at"] = .string(some(["2026-01-02T03:04:05Z", "2025-01-01T00:00:00Z"]))
            }
            let answer = try await client.send("POST /api/v2/board-games", .object(data))
            #expect(answer.status == 201, "\(answer.raw.text)")
            games.append(Game(id: answer.id, order: order, data: .object(data)))
        }
        return games
    }

    @Test func everyOperatorFindsExactlyWhatItSays() async throws {
        let random = SeededRandom.forTest()
        try await Studio.with { studio in
            var random = random
            let client = try studio.client()
            let games = try await Self.games(client, &random)
            let cases: [(filter: String, holds: (Game) -> Bool)] = [
                ("name:eq:ark", { $0.text("name") == "ark" }), ("name:ne:ark", { $0.text("name") != "ark" }),
                ("name:gt:Brass", { $0.text("name")! > "Brass" }), ("name:lte:Brass", { $0.text("name")! <= "Brass" }),
                ("name:in:ark,catan", { ["ark", "catan"].contains($0.text("name")) }),
                ("name:contains:R", { $0.text("name")!.lowercased().contains("r") }),
                ("name:starts:BRASS", { $0.text("name")!.lowercased().hasPrefix("brass") }),
                ("name:eq:brass%3A lancashire", { $0.text("name") == "brass: lancashire" }),
                ("year:eq:1995", { $0.number("year") == 1995 }), ("year:ne:1995", { $0.number("year") != 1995 }),
                ("year:gt:-200", { $0.number("year") ?? -1e9 > -200 }),
                ("year:gte:2018.0", { $0.number("year") ?? -1e9 >= 2018 }),
                ("year:lt:1995", { $0.number("year") ?? 1e9 < 1995 }),
                ("year:lte:1.995e3", { $0.number("year") ?? 1e9 <= 1995 }),
                ("year:in:2018,2021", { [2018, 2021].contains($0.number("year")) }),
                ("year:exists:true", { $0.number("year") != nil }), ("year:exists:false", { $0.number("year") == nil }),
                ("rating:eq:7.250", { $0.number("rating") == 7.25 }),
                ("rating:lt:8.5", { $0.number("rating") ?? 99 < 8.5 }),
                ("is_owned:eq:true", { $0.data["is_owned"] == true }),
                ("is_owned:ne:true", { $0.data["is_owned"] != true }),
                ("is_owned:exists:true", { $0.data["is_owned"] != nil }),
                ("categories:contains:war", { $0.data["categories"]?.array?.contains("war") == true }),
                ("categories:exists:true", { $0.data["categories"] != nil }),
                ("looked_up_at:lt:2026", { $0.text("looked_up_at") ?? "9" < "2026" }),
            ]
            for (filter, holds) in cases {
                let filter = filter.replacing(" ", with: "%20")
                let answer = try await client.get("/api/v2/board-games?limit=200&filter=\(filter)")
                #expect(
                    answer.ids == games.reversed().filter(holds).map(\.id), "\(filter): \(answer.raw.text.prefix(200))")
                #expect(answer.json["total"]?.integer == games.filter(holds).count)
            }
            let both = try await client.get("/api/v2/board-games?filter=year:gt:0&filter=name:starts:a")
            #expect(
                both.ids
                    == games.reversed().filter {
                        $0.number("year") ?? 0 > 0 && $0.text("name")!.lowercased().hasPrefix("a")
                    }.map(\.id))
        }
    }

    @Test func everyKindOfFieldSortsBothWaysWithWhatIsMissingLast() async throws {
        let random = SeededRandom.forTest()
        try await Studio.with { studio in
            var random = random
            let client = try studio.client()
            let games = try await Self.games(client, &random)
            func check<Key: Comparable>(_ field: String, _ key: (Game) -> Key?) async throws {
                for sign in ["", "-"] {
                    let answer = try await client.get("/api/v2/board-games?limit=200&sort=\(sign)\(field)")
                    let present = games.filter { key($0) != nil }.sorted { left, right in
                        let (a, b) = (key(left)!, key(right)!)
                        return a == b ? left.order > right.order : sign.isEmpty ? a < b : a > b
                    }
                    let expected = present + games.reversed().filter { key($0) == nil }
                    #expect(answer.ids == expected.map(\.id), "\(sign)\(field)")
                }
            }
            try await check("name") { $0.text("name")?.lowercased() }
            try await check("year") { $0.number("year") }
            try await check("rating") { $0.number("rating") }
            try await check("is_owned") { $0.data["is_owned"]?.bool.map { $0 ? 1 : 0 } }
            try await check("looked_up_at") { $0.text("looked_up_at") }
            try await check("created_at") { $0.order }
        }
    }

    @Test func limitAndOffsetHaveBoundsAndTheTotalStays() async throws {
        let random = SeededRandom.forTest()
        try await Studio.with { studio in
            var random = random
            let client = try studio.client()
            let games = try await Self.games(client, &random, count: 7)
            let newestFirst = games.reversed().map(\.id)
            for (limit, offset) in [(1, 0), (3, 2), (200, 5), (5, 7), (2, 100_000)] {
                let answer = try await client.get("/api/v2/board-games?limit=\(limit)&offset=\(offset)")
                #expect(answer.ids == Array(newestFirst.dropFirst(offset).prefix(limit)))
                #expect(answer.json["total"] == 7)
                #expect((answer.json["next_cursor"]?.isNull == false) == (limit + offset < 7))
            }
            for wrong in ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "offset=-1", "offset=100001", "limit="]
            {
                let answer = try await client.get("/api/v2/board-games?\(wrong)")
                #expect(answer.status == 400, "\(wrong)")
                #expect(answer.places == [String(wrong.prefix { $0 != "=" })])
            }
        }
    }

    /// Whatever comes and changes meanwhile, the pages together are the list as it was when the first one was read.
    @Test(arguments: ["", "sort=year,-name", "sort=-rating", "q=brass", "sort=favorite,type", "sort=updated_at"])
    func pagesFitTogetherWhileRowsComeAndChange(order: String) async throws {
        let random = SeededRandom.forTest()
        try await Studio.with { studio in
            var random = random
            let client = try studio.client()
            let games = try await Self.games(client, &random)
            let path = "/api/v2/board-games?limit=4\(order.isEmpty ? "" : "&\(order)")"
            var page = try await client.get(path)
            let position = try #require(page.json["position"]?.integer)
            let total = page.json["total"]
            var ids = page.ids
            while let cursor = page.json["next_cursor"]?.string {
                for _ in 0..<3 {
                    let one = games[Int.random(in: 0..<games.count, using: &random)]
                    let year = Int.random(in: 1990...2030, using: &random)
                    let body: JSONValue = ["year": .integer(year), "name": "brass \(year)"]
                    _ = try await client.send("PATCH /api/v2/board-games/\(one.id)", body)
                    _ = try await client.send("POST /api/v2/board-games", body)
                }
                page = try await client.get("\(path)&cursor=\(cursor)")
                #expect(page.status == 200, "\(page.raw.text)")
                #expect(page.json["total"] == total)
                ids += page.ids
                if ids.count > 100 { break }
            }
            let whole = path.replacing("limit=4", with: "limit=200")
            #expect(try await client.get("\(whole)&as_of=\(position)").ids == ids)
        }
    }

    @Test func aCursorOfAnotherQuestionOrAMadeUpOneIsRefused() async throws {
        let random = SeededRandom.forTest()
        try await Studio.with { studio in
            var random = random
            let client = try studio.client()
            _ = try await Self.games(client, &random, count: 5)
            let cursor = try #require(
                try await client.get("/api/v2/board-games?limit=2&sort=year").json["next_cursor"]?.string)
            var wrong = [
                "cursor=x", "cursor=\(cursor)", "sort=name&cursor=\(cursor)", "sort=year&cursor=\(cursor)&offset=1",
            ]
            wrong.append("sort=year&cursor=\(cursor)&as_of=3")
            // The right question with keys that are none.
            let bytes = try #require(TextCoding.base64URL.decode(cursor))
            var forged = try JSONValue(parsing: bytes)
            forged["k"] = ["maybe", "x\u{0}", "y"]
            wrong.append("sort=year&cursor=\(TextCoding.base64URL.encode(forged.encoded()))")
            forged["p"] = 1_000_000
            wrong.append("sort=year&cursor=\(TextCoding.base64URL.encode(forged.encoded()))")
            for query in wrong {
                let answer = try await client.get("/api/v2/board-games?limit=2&\(query)")
                #expect(answer.status == 400, "\(query): \(answer.raw.text)")
            }
        }
    }
}
