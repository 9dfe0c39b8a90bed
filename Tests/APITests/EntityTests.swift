import Entities
import EventLog
import JSON
import TestSupport
import Testing

@Suite struct EntityTests {
    @Test func whatIsCreatedCanBeReadAndIsNamedByItsTag() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let made = try await client.send("POST /api/v2/characters", ["name": "Ada", "age": 30, "species": .null])
            #expect(made.status == 201)
            #expect(made.header("Location") == "/api/v2/characters/\(made.id)")
            let log = try await studio.service.log.identity()
            let tag = try #require(made.header("ETag"))
            #expect(tag == "\"1-\(log.id.mark)\"")
            #expect(made.json["data"] == ["name": "Ada", "age": 30])
            #expect(made.json["version"] == 1 && made.json["archived"] == false && made.json["tags"] == [])
            let read = try await client.get("/api/v2/characters/\(made.id)")
            #expect(read.bytes == made.bytes)
            #expect(try await client.get("/api/v2/characters/\(made.id)", ["If-None-Match": tag]).status == 304)
            #expect(
                try await client.get("/api/v2/characters/\(made.id)", ["If-None-Match": "W/\(tag), \"7\""]).status
                    == 304)
            #expect(try await client.get("/api/v2/characters/\(made.id)", ["If-None-Match": "\"2\""]).status == 200)
            #expect(try await client.get("/api/v2/characters/\(made.id)", ["If-Match": "\"2\""]).status == 412)
            #expect(try await client.get("/api/v2/clothing-items/\(made.id)").status == 404)
        }
    }

    @Test func aPatchObeysIfMatchAndNamesTheVersionThatIsThere() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let made = try await client.send("POST /api/v2/characters", ["name": "Ada", "age": 30])
            let path = "/api/v2/characters/\(made.id)"
            let second = try await client.send(
                "PATCH \(path)", ["age": .null, "species": "fox"], ["If-Match": "\"1\""])
            let tag = try #require(second.header("ETag"))
            let mark = try await studio.service.log.identity().id.mark
            #expect(second.status == 200 && tag == "\"2-\(mark)\"")
            #expect(second.json["data"] == ["name": "Ada", "species": "fox"])
            let late = try await client.send("PATCH \(path)", ["age": 5], ["If-Match": "\"1\""])
            #expect(late.status == 412 && late.code == "version_conflict")
            #expect(late.json["current_version"] == 2 && late.json["current_etag"]?.string == tag)
            for wrong in ["W/\"2\"", "W/\(tag)", "\"x\"", "\"02x\"", "\"2-AAAAAAAA\""] {
                #expect(
                    try await client.send("PATCH \(path)", ["age": 5], ["If-Match": wrong]).status == 412, "\(wrong)")
            }
            #expect(try await client.send("PATCH \(path)", ["age": 5], ["If-Match": "2"]).status == 400)
            #expect(try await client.send("PATCH \(path)", ["age": 5], ["If-Match": "*"]).status == 200)
            #expect(try await client.send("PATCH \(path)", ["age": 6], ["If-Match": "\"9\", \"3\""]).status == 200)
            let same = try await client.send("PATCH \(path)", ["age": 6])
            #expect(same.json["version"] == 4, "what changes nothing is no event")
        }
    }

    @Test func theArchiveIsReadOnlyAndCanBeLeft() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let made = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let path = "/api/v2/characters/\(made.id)"
            #expect(try await client.send("POST \(path)/archive", nil).json["archived"] == true)
            #expect(try await client.send("POST \(path)/archive", nil).json["version"] == 2)
            let writes: [(String, JSONValue)] = [
                ("PATCH \(path)", ["age": 5]), ("POST \(path)/favorite", [:]), ("POST \(path)/tags", ["tags": ["x"]]),
                ("POST \(path)/links", ["to": .string(made.id)]), ("POST \(path)/revert", ["version": 1]),
            ]
            for (request, body) in writes {
                let refused = try await client.send(request, body)
                #expect(refused.status == 409 && refused.code == "archived", "\(request)")
                #expect(refused.json["detail"]?.string?.contains("\(path)/unarchive") == true)
            }
            #expect(try await client.get(path).status == 200)
            #expect(try await client.send("POST \(path)/unarchive", nil).json["archived"] == false)
            #expect(try await client.send("PATCH \(path)", ["age": 5]).status == 200)
        }
    }

    @Test func favoritesTagsAndLinksComeAndGo() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let ada = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let hat = try await client.send("POST /api/v2/clothing-items", ["name": "Hat"])
            let path = "/api/v2/characters/\(ada.id)"
            #expect(try await client.send("POST \(path)/favorite", nil).json["favorite"] == true)
            #expect(try await client.send("POST \(path)/unfavorite", nil).json["favorite"] == false)
            let tagged = try await client.send("POST \(path)/tags", ["tags": ["Sci Fi", "sci-fi", "Été"]])
            #expect(tagged.json["tags"] == ["sci-fi", "ete"])
            #expect(try await client.get("/api/v2/tags/Sci%20Fi").json["data"]?["name"] == "sci-fi")
            #expect(try await client.send("DELETE \(path)/tags/SCI%20FI", nil).json["tags"] == ["ete"])
            #expect(try await client.send("POST \(path)/tags", ["tags": ["!!"]]).places == ["/tags/0"])
            #expect(try await client.send("POST \(path)/tags", ["tags": []]).status == 422)
            let linked = try await client.send("POST \(path)/links", ["to": .string(hat.id), "relation": "wears"])
            #expect(linked.json["links"] == [["to": .string(hat.id), "relation": "wears"]])
            #expect(try await client.send("DELETE \(path)/links/\(hat.id)", nil).json["links"]?.array?.count == 1)
            let unlinked = try await client.send("DELETE \(path)/links/\(hat.id)?relation=wears", nil)
            #expect(unlinked.json["links"] == [])
            for (to, relation) in [
                ("0197a1b2-7c3d-7000-8000-00000000000f", "wears"), ("x", "wears"), (hat.id, "Two Words"),
            ] {
                let body: JSONValue = ["to": .string(to), "relation": .string(relation)]
                #expect(try await client.send("POST \(path)/links", body).status == 422, "\(to) \(relation)")
            }
        }
    }

    @Test func referencesAreCheckedAndListedBothWays() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let style = try await client.send("POST /api/v2/hair-styles", ["name": "Bob"])
            let ada = try await client.send(
                "POST /api/v2/characters", ["name": "Ada", "hair_style": .string(style.id)])
            let outgoing = try await client.get("/api/v2/characters/\(ada.id)/references").json["outgoing"]
            #expect(outgoing?[0]?["field"] == "hair_style" && outgoing?[0]?["name"] == "Bob")
            #expect(outgoing?[0]?["href"] == .string("/api/v2/hair-styles/\(style.id)"))
            let incoming = try await client.get("/api/v2/hair-styles/\(style.id)/references").json["incoming"]
            #expect(incoming?[0]?["id"] == .string(ada.id) && incoming?[0]?["type"] == "character")
            for wrong in ["0197a1b2-7c3d-7000-8000-00000000000f", ada.id] {
                let refused = try await client.send(
                    "POST /api/v2/characters", ["name": "Bea", "hair_style": .string(wrong)])
                #expect(refused.status == 422 && refused.places == ["/hair_style"])
            }
            _ = try await client.send("PATCH /api/v2/characters/\(ada.id)", ["hair_style": .null])
            #expect(try await client.get("/api/v2/hair-styles/\(style.id)/references").json["incoming"] == [])
        }
    }

    @Test func historyTellsWhoWhatAndWhyAndAVersionComesBack() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let made = try await client.send("POST /api/v2/characters", ["name": "Ada", "age": 30])
            let path = "/api/v2/characters/\(made.id)"
            _ = try await client.send("PATCH \(path)", ["age": 31, "species": "fox"], ["X-Reason": "birthday"])
            let history = try await client.get("\(path)/history").json
            #expect(history["total"] == 2)
            #expect(history["items"]?[0]?["event"] == "character.updated")
            #expect(history["items"]?[0]?["reason"] == "birthday" && history["items"]?[0]?["actor"] == "admin")
            #expect(history["items"]?[0]?["changes"]?[0] == ["path": "/data/age", "old": 30, "new": 31])
            #expect(try await client.get("\(path)/history?limit=1&offset=1").json["items"]?[0]?["version"] == 1)
            #expect(try await client.get("\(path)/versions/1").bytes == made.bytes)
            #expect(try await client.get("\(path)/versions/3").status == 404)
            #expect(try await client.get("\(path)/versions/x").status == 400)
            let diff = try await client.get("\(path)/diff?from=2&to=1").json
            #expect(
                diff["changes"] == [
                    ["path": "/data/age", "old": 31, "new": 30], ["path": "/data/species", "old": "fox"],
                ])
            #expect(try await client.get("\(path)/diff?from=1").places == ["to"])
            let reverted = try await client.send("POST \(path)/revert", ["version": 1])
            #expect(reverted.json["data"] == made.json["data"] && reverted.json["version"] == 3)
            #expect(try await client.send("POST \(path)/revert", ["version": 9]).status == 404)
        }
    }

    @Test func aRepeatedRequestGetsItsFirstAnswerAndHappensOnce() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let key = ["Idempotency-Key": "one"]
            let first = try await client.send("POST /api/v2/characters", ["name": "Ada"], key)
            _ = try await client.send("PATCH /api/v2/characters/\(first.id)", ["age": 3])
            let again = try await client.send("POST /api/v2/characters", ["name": "Ada"], key)
            #expect(again.status == 201 && again.bytes == first.bytes)
            #expect(again.header("Idempotency-Replayed") == "true" && again.header("ETag") == first.header("ETag"))
            let other = try await client.send("POST /api/v2/characters", ["name": "Bea"], key)
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
            #expect(
                try await client.send("POST /api/v2/characters", ["name": "x"], ["Idempotency-Key": "a b"]).status
                    == 400)
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        try await studio.client().send(
                            "POST /api/v2/characters", ["name": "Cy"], ["Idempotency-Key": "two"])
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.bytes)).count == 1)
            #expect(answers.allSatisfy { $0.status == 201 })
            #expect(answers.filter { $0.header("Idempotency-Replayed") == nil }.count == 1)
            #expect(try await client.get("/api/v2/characters?filter=name:eq:Cy").json["total"] == 1)
        }
    }

    @Test func aTagIsOneWhateverItsSpelling() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let made = try await client.send("POST /api/v2/tags", ["name": "Sci Fi", "category": "style"])
            let twin = try await client.send("POST /api/v2/tags", ["name": "sci-fi"])
            #expect(twin.status == 409 && twin.code == "already_exists" && twin.json["id"] == .string(made.id))
            #expect(try await client.get("/api/v2/tags/sci-fi").id == made.id)
            #expect(try await client.send("PATCH /api/v2/tags/sci-fi", ["name": "SCI FI"]).status == 200)
            #expect(try await client.send("PATCH /api/v2/tags/sci-fi", ["name": "fantasy"]).places == ["/name"])
        }
    }
}
