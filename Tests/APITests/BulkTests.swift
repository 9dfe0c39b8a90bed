import JSON
import Postgres
import TestSupport
import Testing

@Suite struct BulkTests {
    private static func post(
        _ client: Client, _ operations: [JSONValue], _ headers: [String: String] = [:]
    ) async throws -> Answer {
        try await client.send("POST /api/v2/entities/bulk", ["operations": .array(operations)], headers)
    }

    private static func results(_ answer: Answer) -> [JSONValue] { answer.json["results"]?.array ?? [] }

    private static func statuses(_ answer: Answer) -> [Int] { results(answer).compactMap { $0["status"]?.integer } }

    @Test func eachOperationHasItsOwnResultInOrder() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let first = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let id = JSONValue.string(first.id)
            let answer = try await Self.post(
                client,
                [
                    ["op": "create", "type": "character", "data": ["name": "Bo"]],
                    ["op": "patch", "type": "character", "id": id, "data": ["age": 3], "if_version": 1],
                    ["op": "patch", "type": "character", "id": id, "data": ["age": 4], "if_version": 1],
                    ["op": "create", "type": "character", "data": ["age": "old"]],
                    ["op": "tag", "type": "character", "id": id, "tags": ["Sea Side"]],
                    ["op": "untag", "type": "character", "id": id, "tags": ["sea-side"]],
                    ["op": "favorite", "type": "character", "id": id],
                    ["op": "archive", "type": "character", "id": id],
                    ["op": "favorite", "type": "character", "id": id],
                    ["op": "unarchive", "type": "character", "id": id],
                    ["op": "unfavorite", "type": "character", "id": id],
                    ["op": "destroy", "type": "character", "id": id],
                    ["op": "archive", "type": "dragon", "id": id],
                    "nothing",
                ])
            #expect(answer.status == 200)
            #expect(
                Self.statuses(answer) == [201, 200, 412, 422, 200, 200, 200, 200, 409, 200, 200, 422, 422, 422])
            let results = Self.results(answer)
            #expect(results[0]["entity"]?["data"] == ["name": "Bo"])
            #expect(results[0]["id"] == results[0]["entity"]?["id"])
            #expect(results[1]["version"] == 2)
            #expect(results[1]["position"] == results[1]["entity"]?["position"])
            #expect(results[2]["problem"]?["code"] == "version_conflict")
            #expect(results[2]["problem"]?["current_version"] == 2)
            #expect(
                results[3]["problem"]?["errors"]?.array?.compactMap { $0["pointer"]?.string }.contains("/data/age")
                    == true)
            #expect(results[8]["problem"]?["code"] == "archived")
            #expect(
                results.dropFirst(11).allSatisfy {
                    $0["problem"]?["request_id"]?.string == answer.header("X-Request-Id")
                })
            let events = try await client.get(
                "/api/v2/admin/events?correlation=\(answer.json["correlation"]?.string ?? "")&limit=100")
            // The tag came into being on the way.
            #expect(events.json["items"]?.array?.count == 9)
        }
    }

    @Test func theSameKeyGivesTheFirstAnswersAndNoSecondEvent() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let operations = (0..<3).map { index -> JSONValue in
                ["op": "create", "type": "character", "data": ["name": .string("C\(index)")]]
            }
            let first = try await Self.post(client, operations, ["Idempotency-Key": "k"])
            let again = try await Self.post(client, operations, ["Idempotency-Key": "k"])
            #expect(again.bytes == first.bytes)
            #expect(first.header("Idempotency-Replayed") == nil && again.header("Idempotency-Replayed") == "true")
            #expect(try await client.get("/api/v2/characters").json["total"] == 3)
            let other = try await Self.post(client, operations.dropLast(), ["Idempotency-Key": "k"])
            #expect(other.status == 422)
            #expect(other.code == "idempotency_key_reused")
        }
    }

    /// What else the request asked for has been carried out by the time that a first answer is looked for.
    @Test func aFirstAnswerThatCannotBeReadIsAMatterOfItsPartAlone() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let operations: [JSONValue] = [
                ["op": "create", "type": "character", "data": ["name": "Ada"]],
                ["op": "create", "type": "character", "data": ["age": "old"]],
            ]
            let first = try await Self.post(client, operations, ["Idempotency-Key": "k"])
            #expect(Self.statuses(first) == [201, 422])
            _ = try await studio.pool.query("lose", "DELETE FROM live.entities WHERE type = 'character'")
            let again = try await Self.post(client, operations, ["Idempotency-Key": "k"])
            #expect(again.status == 200 && Self.statuses(again) == [500, 422])
            #expect(Self.results(again)[0]["problem"]?["code"] == "internal_error")
        }
    }

    /// A key stands for one request, whichever way it came: bulk and single requests once had keys of their own.
    @Test func aKeyMeansOneRequestWhetherBulkOrSingle() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let operation: JSONValue = ["op": "create", "type": "character", "data": ["name": "Ada"]]
            #expect(try await Self.post(client, [operation], ["Idempotency-Key": "coll"]).status == 200)
            let other = try await client.send(
                "POST /api/v2/characters", ["name": "Bela"], ["Idempotency-Key": "coll"])
            #expect(other.status == 422 && other.code == "idempotency_key_reused", "\(other.json)")
            let neighbour = try await client.send(
                "POST /api/v2/characters", ["name": "Bela"], ["Idempotency-Key": "coll/0"])
            #expect(neighbour.status == 201, "\(neighbour.json)")
            let reverse = try await Self.post(client, [operation], ["Idempotency-Key": "coll/0"])
            #expect(reverse.status == 422 && reverse.code == "idempotency_key_reused", "\(reverse.json)")
        }
    }

    /// Operations that name the same id by different types were decided on each other's entity.
    @Test func operationsOfDifferentTypesUnderOneIdAreKeptApart() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let created = try await client.send("POST /api/v2/hair-styles", ["name": "Bob"])
            let id = try #require(created.json["id"])
            let answer = try await Self.post(
                client,
                [
                    ["op": "favorite", "type": "hair_style", "id": id],
                    ["op": "patch", "type": "story_theme", "id": id, "data": ["tone": "dark"]],
                    ["op": "patch", "type": "hair_style", "id": id, "data": ["description": "short"]],
                ])
            #expect(Self.statuses(answer) == [200, 404, 200])
            let events = try await client.get("/api/v2/admin/events?after=0")
            #expect(
                events.json["items"]?.array?.compactMap { $0["category"]?.string }
                    == Array(repeating: "hair_style", count: 3))
        }
    }

    @Test func aThousandAreTakenAndOneMoreIsNot() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let operations = (0..<1_001).map { index -> JSONValue in
                ["op": "create", "type": "clothing_item", "data": ["name": .string("Sock \(index)")]]
            }
            let refused = try await Self.post(client, operations)
            #expect(refused.status == 422)
            #expect(refused.places == ["/operations"])
            let answer = try await Self.post(client, Array(operations.dropLast()))
            #expect(Self.statuses(answer) == Array(repeating: 201, count: 1_000))
            let names = Self.results(answer).compactMap { $0["entity"]?["data"]?["name"]?.string }
            #expect(names == (0..<1_000).map { "Sock \($0)" })
            #expect(try await client.get("/api/v2/clothing-items?limit=1").json["total"] == 1_000)
        }
    }

    @Test func whatIsNoListOfOperationsIsRefusedAsAWhole() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            for body: JSONValue in [[], ["operations": []], ["operations": 1], ["operation": []], [1, 2]] {
                let answer = try await client.send("POST /api/v2/entities/bulk", body)
                #expect(answer.status == 422, "\(body)")
            }
            let raw = try RawHTTP(studio.address)
            try await raw.send(
                """
                POST /api/v2/entities/bulk HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer \(Studio.token)\r\n\
                Content-Type: application/json\r\nContent-Length: \((8 << 20) + 1)\r\n\r\n
                """)
            let tooLarge = try await raw.response(to: "POST")
            #expect(tooLarge.status == 413)
        }
    }
}
