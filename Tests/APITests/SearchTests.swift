import JSON
import TestSupport
import Testing

@Suite struct SearchTests {
    @Test func wordsAreFoundByTheirBeginningWithoutAccentsAndMistyped() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            for name in ["Crème brûlée", "Dragonfly brooch", "Zoë's scarf", "Plain shirt"] {
                _ = try await client.send("POST /api/v2/clothing-items", ["name": .string(name)])
            }
            let cases: [(q: String, names: [String])] = [
                ("creme", ["Crème brûlée"]), ("BRULEE", ["Crème brûlée"]), ("dragon", ["Dragonfly brooch"]),
                ("dragonfyl", ["Dragonfly brooch"]), ("zoes", ["Zoë's scarf"]), ("zo%C3%AB", ["Zoë's scarf"]),
                ("plain%20sh", ["Plain shirt"]), ("plain%20scarf", []), ("%2C%2C", []), ("unheardof", []),
            ]
            for (q, names) in cases {
                for path in ["clothing-items", "entities", "search"] {
                    let answer = try await client.get("/api/v2/\(path)?q=\(q)")
                    #expect(answer.names == names, "\(path) \(q)")
                }
            }
        }
    }

    @Test func whatIsInTheNameCountsMoreThanWhatIsInTheNotes() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            _ = try await client.send("POST /api/v2/characters", ["name": "Fox"])
            _ = try await client.send("POST /api/v2/characters", ["name": "Ada", "notes": "Has a fox."])
            _ = try await client.send("POST /api/v2/characters", ["name": "Bea", "description": "A fox."])
            #expect(try await client.get("/api/v2/characters?q=fox").names == ["Fox", "Bea", "Ada"])
            #expect(try await client.get("/api/v2/characters?q=fox&sort=name").names == ["Ada", "Bea", "Fox"])
            #expect(try await client.get("/api/v2/characters?sort=relevance").status == 400)
        }
    }

    @Test func listsObeyTagsArchiveAndFavorites() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            var ids: [String] = []
            for name in ["a", "b", "c"] {
                ids.append(try await client.send("POST /api/v2/characters", ["name": .string(name)]).id)
            }
            _ = try await client.send("POST /api/v2/characters/\(ids[0])/tags", ["tags": ["Red Hot", "warm"]])
            _ = try await client.send("POST /api/v2/characters/\(ids[1])/tags", ["tags": ["warm"]])
            _ = try await client.send("POST /api/v2/characters/\(ids[1])/favorite", nil)
            _ = try await client.send("POST /api/v2/characters/\(ids[2])/archive", nil)
            let cases: [(query: String, names: [String])] = [
                ("tags=warm", ["a", "b"]), ("tags=warm,red-hot", ["a"]), ("tags=Red%20Hot", ["a"]),
                ("tags=warm,red-hot&tags_mode=any", ["a", "b"]), ("tags=cold", []), ("favorite=true", ["b"]),
                ("favorite=false", ["a"]), ("archived=true", ["c"]), ("archived=any", ["a", "b", "c"]),
                ("", ["a", "b"]),
            ]
            for (query, names) in cases {
                for path in ["characters", "entities"] {
                    #expect(
                        try await client.get("/api/v2/\(path)?sort=name&\(query)").names == names, "\(path) \(query)")
                }
            }
            let counts = try await client.get("/api/v2/entities/counts").json["items"]?.array ?? []
            let texts = counts.map { count in
                ["type", "archived", "favorite", "count"].map { "\(count[$0] ?? .null)" }.joined(separator: " ")
            }
            #expect(
                texts.contains(#""character" false false 1"#) && texts.contains(#""character" true false 1"#),
                "\(texts)")
            #expect(texts.contains(#""character" false true 1"#), "\(texts)")
            let cloud = try await client.get("/api/v2/tags/cloud").json["items"]?.array ?? []
            #expect(cloud.map { $0["tag"] } == ["warm", "red-hot"])
            #expect(cloud.map { $0["count"] } == [2, 1])
            #expect(try await client.get("/api/v2/tags/suggest?prefix=RED").json["items"]?[0]?["tag"] == "red-hot")
            #expect(try await client.get("/api/v2/tags/suggest").status == 400)
        }
    }

    @Test func whatNobodyDeclaredIsRefused() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let wrong = [
                "characters?colour=red", "characters?archived=maybe", "characters?favorite=1", "characters?sort=hair",
                "characters?sort=name,age,species,gender,-version", "characters?filter=age",
                "characters?filter=age:like:1",
                "characters?filter=hair:eq:1", "characters?filter=age:gt:old", "characters?filter=age:gt:1e999",
                "characters?filter=age:exists:maybe", "characters?q=", "characters?tags_mode=some",
                "entities?filter=age:gt:1",
                "search", "characters?as_of=-1", "characters?cursor=%00", "characters?q=%ff", "tags/cloud?type=dragon",
                "characters?filter=personality:eq:x",
            ]
            for target in wrong {
                let answer = try await client.get("/api/v2/\(target)")
                #expect(answer.status == 400, "\(target)")
                #expect(answer.places.count == 1, "\(target)")
            }
        }
    }
}
