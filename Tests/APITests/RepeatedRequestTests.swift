import Catalogue
import JSON
import System
import TestSupport
import Testing

/// What was carried out under a key gets its first answer, though it would be refused by now.
@Suite struct RepeatedRequestTests {
    /// The story: a catalogue lost a field, the server was restarted, and a client that had got no answer asked again.
    @Test func whatTheCatalogueAllowsNoLonger() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let (one, many) = (["Idempotency-Key": "one"], ["Idempotency-Key": "many"])
            let data: JSONValue = ["name": "Ada", "skin_tone": "olive"]
            let operations: JSONValue = [
                "operations": [
                    ["op": "create", "type": "character", "data": data],
                    ["op": "create", "type": "dragon", "data": data],
                    ["op": "create", "type": "character", "data": ["name": "Bo"]],
                ]
            ]
            let first = try await client.send("POST /api/v2/characters", data, one)
            let firsts = try await client.send("POST /api/v2/entities/bulk", operations, many)
            #expect(first.status == 201 && firsts.status == 200)
            try await studio.withOtherNode(catalogue: Self.catalogue(without: "skin_tone", of: "character")) {
                address in
                let client = try Client(address, token: Studio.token)
                let refused = try await client.send("POST /api/v2/characters", data)
                #expect(refused.status == 422 && refused.places == ["/skin_tone"])
                let again = try await client.send("POST /api/v2/characters", data, one)
                #expect(
                    again.status == 201 && again.bytes == first.bytes && again.header("ETag") == first.header("ETag"))
                #expect(again.header("Idempotency-Replayed") == "true")
                let agains = try await client.send("POST /api/v2/entities/bulk", operations, many)
                let results = try #require(agains.json["results"]?.array)
                let before = try #require(firsts.json["results"]?.array)
                #expect(results[0] == before[0] && results[2] == before[2])
                #expect(results[1]["status"] == 422)
                // The key stands for what was asked first.
                let other = try await client.send("POST /api/v2/characters", ["name": 3], one)
                #expect(other.status == 422 && other.places == ["/name"])
                #expect(try await client.get("/api/v2/characters").json["total"] == 3)
            }
        }
    }

    private static func catalogue(without field: String, of name: String) throws -> Catalogue {
        var documents: [(file: String, bytes: [UInt8])] = []
        for folder in ["\(Studio.root)/events", "\(Studio.root)/events/system"] {
            for file in try Files.names(in: folder) where file.hasSuffix(".json") {
                var bytes = try Files.read("\(folder)/\(file)")
                if file == "\(name).json" {
                    let change: JSONValue = ["schema": ["properties": .object([field: .null])]]
                    bytes = try JSONValue(parsing: bytes).merging(change).encoded()
                }
                documents.append(("\(folder)/\(file)", bytes))
            }
        }
        return try Catalogue(documents: documents)
    }
}
