import HTTPServer
import JSON
import TestSupport
import Testing

/// Texts that mean something to SQL, JSON, arrays, patterns or queries mean nothing here.
@Suite struct HostileTextTests {
    private static let texts = [
        "null", "NULL", "{}", "{null}", "a,b", "\"", "'", "''; DROP TABLE live.entities; --", "\\", "\\'", "%", "_",
        "*",
        "a:*", "'a':*", "a & b", "a | | b", "!", "a <-> b", "(", "[", "[1", "{\"a\":", "$1", ":name", "\\u0000",
        "e\u{301}",
        "\u{FFFE}", "\u{202E}", "👨‍👩‍👧‍👦", "İ", "name:eq:'", "name:contains:\\", "name:starts:%", "aliases:contains:\"",
        "age:eq:1e400",
        "age:in:1,2,-0.0", "name:in:',\\,{", "favorite", "-name", "9223372036854775808", "1e999999999",
        "x".repeated(499),
    ]

    /// What is asked of every type is asked of one.
    private func operations(_ description: Description) -> [Description.Operation] {
        description.operations.filter { operation in
            let parts = operation.path.split(separator: "/")
            return ["characters", "tags", "entities", "search", "admin"].contains(
                parts.dropFirst(2).first.map(String.init))
        }
    }

    @Test func noParameterIsEverTakenForPartOfAQuestion() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let made = try await client.send("POST /api/v2/characters", ["name": "Ada", "aliases": ["x'", "\\"]])
            _ = try await client.send("POST /api/v2/characters/\(made.id)/tags", ["tags": ["null", "x"]])
            let description = try await Description(client)
            var asked = 0
            for operation in operations(description) where operation.method == "GET" && !operation.isStream {
                let path = operation.path.replacing("{id}", with: made.id).replacing("{version}", with: "1")
                if path.contains("{") { continue }
                for parameter in description.parameters(of: operation) where parameter["in"] == "query" {
                    let name = parameter["name"]?.string ?? ""
                    for text in Self.texts {
                        let answer = try await client.get("\(path)?\(name)=\(PercentCoding.encode(text))")
                        #expect(answer.status < 500, "\(answer.request): \(answer.raw.text)")
                        asked += 1
                    }
                }
            }
            #expect(asked > 1_000)
        }
    }

    @Test func noTextOfABodyBreaksWhatOthersRead() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let made = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let path = "/api/v2/characters/\(made.id)"
            for text in Self.texts {
                let bodies: [(String, JSONValue)] = [
                    ("POST /api/v2/characters", ["name": .string(text), "aliases": [.string(text)]]),
                    ("POST /api/v2/tags", ["name": .string(text)]), ("PATCH \(path)", ["occupation": .string(text)]),
                    ("POST \(path)/tags", ["tags": [.string(text)]]),
                    ("POST \(path)/links", ["to": .string(made.id), "relation": .string(text)]),
                ]
                for (line, body) in bodies {
                    let answer = try await client.send(line, body)
                    #expect(answer.status < 500, "\(line) \(body): \(answer.raw.text)")
                }
                let encoded = PercentCoding.encode(text)
                for line in ["GET /api/v2/tags/\(encoded)", "DELETE \(path)/tags/\(encoded)"] {
                    let answer = try await client.send(line)
                    #expect(answer.status < 500, "\(line): \(answer.raw.text)")
                }
            }
            for path in ["tags/cloud", "tags/suggest?prefix=a", "entities?sort=name", "search?q=null", "characters"] {
                #expect(try await client.get("/api/v2/\(path)").status == 200, "\(path)")
            }
        }
    }

    /// One such text in the meta of an event, or in an operation, and nobody could look anything up by it any more.
    @Test func noBodyBringsATextWithNULIn() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let made = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let description = try await Description(client)
            let head = try await client.get("/api/v2/entities").json["position"]
            var asked = 0
            for operation in operations(description) {
                guard let content = operation.json["requestBody"]?["content"]?["application/json"] else { continue }
                let path = operation.path.replacing("{id}", with: made.id)
                for schema in description.resolved(content["schema"] ?? .null)["oneOf"]?.array ?? [
                    content["schema"] ?? .null
                ] {
                    var body = Examples(description: description).value(schema)
                    body["nul\0"] = "x"
                    body["reason"] = "a\0b"
                    let answer = try await client.send("\(operation.method) \(path)", body)
                    #expect(
                        answer.status == 422 && answer.code == "invalid_fields", "\(answer.request): \(answer.raw.text)"
                    )
                    #expect(answer.places.contains("/reason"), "\(answer.request): \(answer.raw.text)")
                    asked += 1
                }
            }
            #expect(asked > 10)
            #expect(try await client.get("/api/v2/entities").json["position"] == head)
        }
    }
}

extension String {
    fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
