import Entities
import JSON
import Replay
import System
import TestSupport
import Testing

@Suite struct AuditTests {
    /// Two people's worth of changes, of several kinds.
    private struct Scene {
        let client: Client
        let whole: UUID
        let ada: Answer

        init(_ studio: Studio) async throws {
            client = try studio.client()
            whole = studio.service.identifiers.next()
            ada = try await client.send("POST /api/v2/characters", ["name": "Ada", "age": 30])
            let path = "/api/v2/characters/\(ada.id)"
            _ = try await client.send(
                "PATCH \(path)", ["name": "Ada Lovelace"],
                ["X-Correlation-Id": whole.description, "X-Reason": "Her full name, please", "X-Request-Id": "r-2"])
            _ = try await client.send("POST \(path)/tags", ["tags": ["Gothic"]])
            _ = try await client.send(
                "POST /api/v2/outfits", ["name": "Evening"], ["X-Correlation-Id": whole.description])
            _ = try await client.send("POST \(path)/archive", nil, ["X-Reason": "a full stop"])
        }

        func positions(_ query: String) async throws -> [Int] {
            let answer = try await client.get("/api/v2/admin/audit?\(query)")
            #expect(answer.status == 200, "\(answer.raw.text)")
            return answer.json["items"]?.array?.compactMap { $0["position"]?.integer } ?? []
        }
    }

    @Test func theTrailSaysWhoDidWhatToWhatWhenFromWhereAndWhy() async throws {
        try await Studio.with { studio in
            let scene = try await Scene(studio)
            let answer = try await scene.client.get("/api/v2/admin/audit?correlation=\(scene.whole)&type=character")
            let entry = try #require(answer.json["items"]?[0])
            #expect(answer.json["items"]?.array?.count == 1)
            #expect(entry["position"] == 2)
            #expect(entry["actor"] == "admin")
            #expect(entry["verb"] == "updated")
            #expect(entry["id"]?.string == scene.ada.id)
            #expect(entry["name"] == "Ada Lovelace")
            #expect(entry["changed"] == ["name"])
            #expect(entry["client"] == "127.0.0.1")
            #expect(entry["request_id"] == "r-2")
            #expect(entry["reason"] == "Her full name, please")
            #expect(entry["correlation"]?.string == scene.whole.description)
            #expect(entry["command"]?.string.flatMap { UUID($0) } != nil)
            let first = try await scene.client.get("/api/v2/admin/audit?until=1").json["items"]?[0]
            // What it was called then, not what it is called now.
            #expect(first?["name"] == "Ada")
            #expect(first?["changed"] == ["name", "age"])
        }
    }

    @Test func everyFilterFindsWhatItSays() async throws {
        try await Studio.with { studio in
            let scene = try await Scene(studio)
            let all = try await scene.positions("")
            let head = try #require(all.first)
            // The tag came into being as well.
            #expect(all == Array((1...head).reversed()))
            for (query, wanted) in [
                ("actor=admin", all), ("actor=nobody", []), ("type=outfit", [head - 1]),
                ("entity=\(scene.ada.id)&verb=tagged,archived", [head, head - 2]), ("verb=updated", [2]),
                ("correlation=\(scene.whole)", [head - 1, 2]), ("client=127.0.0.1&verb=archived", [head]),
                ("client=10.0.0.1", []), ("reason=full%20FULL", [head, 2]), ("reason=full%20name", [2]),
                ("since=1&until=2", [2]), ("until=before:\(scene.whole)", [1]), ("since=event:\(head - 1)", [head]),
                ("since=-1h", all), ("until=-1h", []),
            ] {
                #expect(try await scene.positions(query) == wanted, "\(query)")
            }
        }
    }

    @Test func pagesLeaveNothingOutAndStayWhereTheyBegan() async throws {
        try await Studio.with { studio in
            let scene = try await Scene(studio)
            let all = try await scene.positions("verb=created,updated,archived")
            var found: [Int] = []
            var cursor = ""
            repeat {
                let page = try await scene.client.get(
                    "/api/v2/admin/audit?verb=created,updated,archived&limit=1\(cursor)")
                found += page.json["items"]?.array?.compactMap { $0["position"]?.integer } ?? []
                cursor = page.json["next_cursor"]?.string.map { "&cursor=\($0)" } ?? ""
                _ = try await scene.client.send("POST /api/v2/characters", ["name": "Meanwhile"])
            } while !cursor.isEmpty
            #expect(found == all)
        }
    }

    @Test func whatIsNoPointIsNamed() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            for (query, place) in [
                ("since=5", "since"), ("until=5", "until"), ("since=tomorrow", "since"),
                ("until=event:\(studio.service.identifiers.next()).1", "until"), ("who=me", "who"),
            ] {
                let answer = try await client.get("/api/v2/admin/audit?\(query)")
                #expect(answer.status == 400)
                #expect(answer.places == [place])
            }
        }
    }
}

@Suite struct InspectionRouteTests {
    @Test func aPointIsLookedAt() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let ada = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            _ = try await client.send("POST /api/v2/characters", ["name": "Bo"])
            _ = try await client.send("POST /api/v2/characters/\(ada.id)/archive", nil)
            let answer = try await client.get("/api/v2/admin/replay/inspect?at=event:\(ada.id).1")
            #expect(answer.json["position"] == 1)
            #expect(answer.json["head"]?["position"] == 3)
            let row = answer.json["types"]?[0]
            #expect(row?["then"] == ["alive": 1, "archived": 0])
            #expect(row?["now"] == ["alive": 1, "archived": 1])
            #expect(answer.json["last_events"]?[0]?["name"] == "Ada")
            for query in ["", "?at=4", "?at=soon", "?at=1&events=0"] {
                #expect(try await client.get("/api/v2/admin/replay/inspect\(query)").status == 400)
            }
        }
    }

    @Test func anExportComesWithItsProof() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            for name in ["Ada", "Bo"] { _ = try await client.send("POST /api/v2/characters", ["name": .string(name)]) }
            for format in ExportFormat.allCases {
                let answer = try await client.get("/api/v2/admin/audit/export?format=\(format.rawValue)&until=2")
                #expect(answer.status == 200)
                #expect(answer.header("Content-Disposition")?.contains("lifeos-audit.\(format.rawValue)") == true)
                var verifier = try ExportVerifier()
                verifier.take(answer.bytes)
                let result = verifier.finish()
                #expect(result.faults == [])
                #expect(result.isComplete && result.eventCount == 2)
            }
            let refused = try await client.get("/api/v2/admin/audit/export?format=pdf")
            #expect(refused.places == ["format"])
        }
    }
}
