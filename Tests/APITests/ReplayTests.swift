import Backup
import Entities
import EventLog
import JSON
import Replay
import System
import TestSupport
import Testing

@testable import API

@Suite struct ReplayTests {
    private static let path = "/api/v2/admin/replay"

    /// A character with two versions, and one that came later.
    private func tell(_ client: Client) async throws -> (id: String, head: Int) {
        let ada = try await client.send("POST /api/v2/characters", ["name": "Ada"])
        _ = try await client.send("PATCH /api/v2/characters/\(ada.id)", ["occupation": "spy"])
        let bo = try await client.send("POST /api/v2/characters", ["name": "Bo"])
        return (ada.id, try #require(bo.json["position"]?.integer))
    }

    @Test func aDiffShowsEachFieldAndTheSumOfAll() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let (id, head) = try await tell(client)
            let answer = try await client.get("\(Self.path)/diff?from=1&limit=1")
            #expect(answer.status == 200, "\(answer.raw.text)")
            #expect(answer.json["from"]?["position"] == 1)
            #expect(answer.json["to"]?["position"]?.integer == head)
            #expect(answer.json["total"] == 2)
            #expect(answer.json["items"]?.array?.count == 1)
            let ada = try await client.get("\(Self.path)/diff?from=1&to=2&entity=\(id)&type=character")
            let item = try #require(ada.json["items"]?[0])
            #expect(item["id"]?.string == id)
            #expect(ada.raw.text.contains("spy"))
            #expect(try await client.get("\(Self.path)/diff?from=1&actor=nobody").json["total"] == 0)
        }
    }

    @Test func whatIsNoPointIsRefusedWithItsPlace() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let (id, head) = try await tell(client)
            let unknown = "before:0197a1b2-7c3d-7000-8000-00000000000f"
            for (query, places) in [
                ("", ["from"]), ("?from=soon", ["from"]), ("?from=\(head + 1)", ["from"]), ("?from=1&to=soon", ["to"]),
                ("?from=\(unknown)", ["from"]), ("?from=1&type=dragon", ["type"]), ("?from=1&entity=x", ["entity"]),
            ] {
                let answer = try await client.get("\(Self.path)/diff\(query)")
                #expect(answer.status == 400, "\(query): \(answer.raw.text)")
                #expect(answer.places == places, "\(query): \(answer.raw.text)")
            }
            for (body, places) in [
                ([:], ["/to"]), (["to": "soon"], ["/to"]), (["to": .integer(head + 1)], ["/to"]),
                (["to": .string(unknown)], ["/to"]), (["to": 1, "up_to": .integer(head + 9)], ["/up_to"]),
                (["to": 1, "entities": ["x"]], ["/entities/0"]), (["to": 1, "too": 2], ["/too"]),
            ] as [(JSONValue, [String])] {
                let answer = try await client.send("POST \(Self.path)/rollback", body)
                #expect(answer.status == 422, "\(body): \(answer.raw.text)")
                #expect(answer.places == places, "\(body): \(answer.raw.text)")
            }
            let types = try await client.send("POST \(Self.path)/rollback", ["to": 1, "types": ["dragon"]])
            #expect(types.status == 400 && types.places == ["/types"], "\(types.raw.text)")
            let undo = try await client.send("POST \(Self.path)/undo", ["id": .string(id)])
            #expect(undo.status == 404)
            #expect(try await client.get("/api/v2/admin/events").json["head"]?.integer == head, "nothing happened")
        }
    }

    /// The dry run, the real run, and the undo of it.
    @Test func aRollbackDoesWhatItsPlanSaidAndCanBeUndone() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let (id, head) = try await tell(client)
            let plan = try await client.send("POST \(Self.path)/rollback", ["to": 1])
            #expect(plan.status == 200, "\(plan.raw.text)")
            #expect(plan.json["dry_run"] == true && plan.json["total"] == 2)
            #expect(plan.json["summary"]?["entities"] == 2)
            #expect(try await client.get("/api/v2/admin/events").json["head"]?.integer == head, "nothing happened")

            let order: JSONValue = [
                "to": 1, "up_to": plan.json["up_to"] ?? .null, "plan": plan.json["plan"] ?? .null, "execute": true,
            ]
            let begun = try await client.send("POST \(Self.path)/rollback", order, ["X-Reason": "A mistake"])
            #expect(begun.status == 202, "\(begun.raw.text)")
            let done = try await client.ended(begun)
            #expect(done["status"] == "completed")
            #expect(done["result"]?["plan"] == plan.json["plan"])
            #expect(done["resume"]?.string?.contains("lifeos rollback --resume") == true)
            let ada = try await client.get("/api/v2/characters/\(id)").json
            #expect(ada["data"] == ["name": "Ada"])
            let operation = try #require(begun.json["operation"]?.string)
            let changes = try await client.get("/api/v2/admin/events?correlation=\(operation)&type=character.restored")
            #expect(changes.json["items"]?.array?.count == 2)
            #expect(changes.json["items"]?[0]?["meta"]?["reason"] == "A mistake")

            let undone = try await client.send("POST \(Self.path)/undo", ["id": .string(operation), "execute": true])
            #expect(try await client.ended(undone)["status"] == "completed")
            #expect(try await client.get("/api/v2/characters/\(id)").json["data"]?["occupation"] == "spy")
        }
    }

    @Test func aPlanOfWhichSomethingChangedIsNotCarriedOut() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            _ = try await tell(client)
            let plan = try await client.send("POST \(Self.path)/rollback", ["to": 1])
            _ = try await client.send("POST /api/v2/characters", ["name": "Cy"])
            let answer = try await client.send(
                "POST \(Self.path)/rollback", ["to": 1, "plan": plan.json["plan"] ?? .null, "execute": true])
            #expect(answer.status == 409)
            #expect(answer.code == "plan_changed")
            #expect(answer.json["plan"]?.string?.isEmpty == false && answer.json["plan"] != plan.json["plan"])
        }
    }

    @Test func aSecondRollbackIsRefusedWhileOneIsUnderWay() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            _ = try await tell(client)
            let other = try await studio.startWaiting(exclusion: Rollback.exclusion)
            let answer = try await client.send("POST \(Self.path)/rollback", ["to": 1, "execute": true])
            #expect(answer.status == 409)
            #expect(answer.code == "busy")
            #expect(answer.json["operation"]?.string == other.id.description)
            #expect(try await client.send("POST \(Self.path)/rollback", ["to": 1]).status == 200, "looking is free")
        }
    }

    @Test func aForkIsMadeListedAndRemoved() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            _ = try await tell(client)
            let begun = try await client.send(
                "POST \(Self.path)/forks", ["name": "what-if", "point": 2], ["X-Reason": "To see"])
            #expect(try await client.ended(begun)["status"] == "completed")
            let fork = try #require(try await client.get("\(Self.path)/forks").json["items"]?[0])
            #expect(fork["name"] == "what-if" && fork["position"] == 2 && fork["reason"] == "To see")
            let again = try await client.send("POST \(Self.path)/forks", ["name": "what-if"])
            #expect(again.status == 409)
            let dropped = try await client.send("DELETE \(Self.path)/forks/what-if")
            #expect(try await client.ended(dropped)["status"] == "completed")
            #expect(try await client.get("\(Self.path)/forks").json["items"] == [])
            #expect(try await client.send("DELETE \(Self.path)/forks/what-if").status == 404)
            let bad = try await client.send("POST \(Self.path)/forks", ["name": "What if"])
            #expect(bad.status == 422 && bad.places == ["/name"])
            // A new tag and its first use are one command.
            let made = try await client.send("POST /api/v2/characters", ["name": "Eve"])
            let head = try await client.get("/api/v2/admin/events").json["head"]?.integer ?? 0
            _ = try await client.send("POST /api/v2/characters/\(made.id)/tags", ["tags": ["fresh"]])
            let half = try await client.send("POST \(Self.path)/forks", ["name": "half", "point": .integer(head + 1)])
            #expect(half.status == 400 && half.places == ["point"], "\(half.json)")
            #expect("\(half.json)".contains("Choose \(head)"))
        }
    }
}

@Suite struct BackupTests {
    private static let path = "/api/v2/admin/backups"

    @Test func aBackupIsMadeListedAndVerified() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            _ = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let made = try await client.ended(try await client.send("POST \(Self.path)", ["kind": "full"]))
            #expect(made["status"] == "completed", "\(made)")
            let id = try #require(made["result"]?["id"]?.string)
            let listed = try #require(try await client.get(Self.path).json["items"]?[0])
            #expect(listed["id"]?.string == id && listed["state"] == "whole" && listed["position"] == 1)
            let verified = try await client.ended(try await client.send("POST \(Self.path)/\(id)/verify"))
            #expect(verified["status"] == "completed")
            #expect(verified["result"]?["events"] == 1)
        }
    }

    @Test func oneThatIsDamagedFailsItsVerificationAndSaysHow() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            _ = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let made = try await client.ended(try await client.send("POST \(Self.path)", ["kind": "full"]))
            let id = try #require(made["result"]?["id"]?.string)
            try studio.damageBackup(id)
            let verified = try await client.ended(try await client.send("POST \(Self.path)/\(id)/verify"))
            #expect(verified["status"] == "failed")
            #expect(verified["problem"]?["detail"]?.string?.contains("is damaged") == true, "\(verified)")
        }
    }

    @Test func whatIsNoBackupOrNoKindIsRefused() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let kind = try await client.send("POST \(Self.path)", ["kind": "half"])
            #expect(kind.status == 422 && kind.places == ["/kind"])
            for id in ["20261121T123000Z-full-374", "nothing"] {
                #expect(try await client.send("POST \(Self.path)/\(id)/verify").status == 404)
            }
            // There is nothing that it could continue.
            let orphan = try await client.ended(try await client.send("POST \(Self.path)", ["kind": "incremental"]))
            #expect(orphan["status"] == "failed")
            #expect(orphan["problem"]?["detail"]?.string?.contains("full") == true, "\(orphan)")
        }
    }
}

extension Client {
    /// What became of work that has begun.
    func ended(_ begun: Answer) async throws -> JSONValue {
        #expect(begun.status == 202, "\(begun.request): \(begun.raw.text)")
        let place = try #require(begun.header("Location"))
        var data = JSONValue.null
        try await eventually(within: .seconds(60), "\(begun.request) has ended") {
            data = try await get(place).json["data"] ?? .null
            return data["status"] != "running"
        }
        return data
    }
}

extension Studio {
    /// Flips a bit of each segment.
    func damageBackup(_ id: String) throws {
        let folder = backups.path("backups/\(id)")
        for name in try Files.names(in: folder) where !name.hasSuffix(".json") {
            let path = "\(folder)/\(name)"
            guard !Files.isFolder(path) else { continue }
            var bytes = try Files.read(path)
            guard !bytes.isEmpty else { continue }
            bytes[bytes.count / 2] ^= 1
            try Files.replace(path, with: bytes)
        }
    }
}
