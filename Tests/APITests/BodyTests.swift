import JSON
import System
import TestSupport
import Testing

/// What clients send by mistake or in malice.
@Suite struct BodyTests {
    @Test func whatIsNotJSONIsRefused() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let bodies = [
                "", "{", "nonsense", "{\"name\": \"a\"} x", "{\"name\": \"\\ud800\"}",
                "{\"name\": \"a\", \"name\": \"b\"}",
                "{\"name\": 01}", "{'name': 'a'}", "\u{FEFF}{\"name\": \"a\"}", "{\"name\": \"a\u{1}\"}",
            ]
            for body in bodies.map({ Array($0.utf8) }) + [
                [0xFF, 0xFE], Array("{\"name\": \"".utf8) + [0xC3, 0x28, 0x22, 0x7D],
            ] {
                let answer = try await client.send("POST /api/v2/characters", body)
                let shown = String(decoding: body, as: UTF8.self)
                #expect(answer.status == 400 && answer.code == "malformed_json", "\(shown): \(answer.raw.text)")
            }
            let typed = try await client.send("POST /api/v2/characters", ["name": "a"], ["Content-Type": "text/plain"])
            #expect(typed.status == 415)
            #expect(try await client.get("/api/v2/characters").json["total"] == 0)
        }
    }

    @Test func whatDoesNotFitTheTypeIsNamedPlaceByPlace() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let cases: [(body: JSONValue, places: [String])] = [
                (["name": "a", "hair_colour": "red"], ["/hair_colour"]), ([:], ["/name"]), (["name": ""], ["/name"]),
                (["name": "a", "age": -1, "aliases": ["x", ""]], ["/age", "/aliases/1"]),
                (["name": "a\u{0}"], ["/name"]),
                (["name": "a", "age": 1.5], ["/age"]), ([1], [""]), ("a", [""]), (.null, [""]),
                (["name": "a", "height_centimeters": .number(JSONNumber("10e-9999") ?? 0)], ["/height_centimeters"]),
            ]
            for (body, places) in cases {
                let answer = try await client.send("POST /api/v2/characters", body)
                #expect(answer.status == 422 && answer.code == "invalid_fields", "\(body)")
                #expect(Set(answer.places) == Set(places), "\(body): \(answer.raw.text)")
            }
            let suggestion = try await client.send("POST /api/v2/characters", ["name": "a", "hair_colour": "red"])
            #expect(suggestion.raw.text.contains("hair_color"), "\(suggestion.raw.text)")
            let made = try await client.send("POST /api/v2/characters", ["name": "a"])
            for (body, places) in cases.dropFirst(2) where body["age"] != 1.5 {
                let answer = try await client.send("PATCH /api/v2/characters/\(made.id)", body)
                #expect(answer.status == 422 && Set(answer.places) == Set(places), "\(body): \(answer.raw.text)")
            }
            #expect(try await client.send("PATCH /api/v2/characters/\(made.id)", ["name": .null]).places == ["/name"])
            #expect(try await client.get("/api/v2/characters/\(made.id)").json["version"] == 1)
        }
    }

    /// A document nests deeper than its data, and a page deeper than that: what was taken in has to come out again.
    @Test func deepDataIsTakenOnlyAsDeepAsItCanBeRead() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            func nested(_ depth: Int) -> [UInt8] {
                Array("{\"name\":\"deep\",\"style_data\":{\"a\":".utf8)
                    + Array(repeating: UInt8(ascii: "["), count: depth)
                    + Array(repeating: UInt8(ascii: "]"), count: depth) + Array("}}".utf8)
            }
            for depth in [63, 126, 1_000, 100_000] {
                let refused = try await client.send("POST /api/v2/clothing-items", nested(depth))
                #expect(refused.status == 400 && refused.code == "malformed_json", "\(depth)")
            }
            let made = try await client.send("POST /api/v2/clothing-items", nested(62))
            #expect(made.status == 201)
            let path = "/api/v2/clothing-items/\(made.id)"
            #expect(try await client.send("POST \(path)/favorite", nil).status == 200)
            #expect(try await client.get("\(path)/history").status == 200)
            #expect(try await client.get("/api/v2/clothing-items").ids == [made.id])
        }
    }

    @Test func aBodyMayBeAMebibyteAndNoByteMore() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let frame = Array("{\"name\":\"large\",\"style_data\":{\"a\":\"\"}}".utf8)
            func sized(_ bytes: Int) -> [UInt8] {
                Array(frame.dropLast(3)) + Array(repeating: UInt8(ascii: "x"), count: bytes - frame.count)
                    + frame.suffix(3)
            }
            let made = try await client.send("POST /api/v2/clothing-items", sized(1 << 20))
            #expect(made.status == 201, "\(made.raw.text.prefix(200))")
            #expect(try await client.get("/api/v2/clothing-items/\(made.id)").bytes == made.bytes)
            let refused = try await studio.client().send("POST /api/v2/clothing-items", sized(1 << 20 + 1))
            #expect(refused.status == 413 && refused.code == "payload_too_large")
        }
    }

    @Test func anIdThatIsNoneIsNotFoundAndAPathThatIsNoneToo() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let paths = [
                "characters/x", "characters/0197a1b2-7c3d-7000-8000-00000000000f", "dragons", "characters/%F0%9F%90%89",
                "tags/nobody", "tags/%2D", "characters/0197a1b2-7c3d-7000-8000-00000000000f/history",
                "characters/0197a1b2-7c3d-7000-8000-00000000000f/references",
            ]
            for path in paths { #expect(try await client.get("/api/v2/\(path)").status == 404, "\(path)") }
            #expect(try await client.get("/api/v2/characters/%00").status == 400)
            let system = try await client.send(
                "POST /api/v2/operations", ["kind": "x", "title": "x", "status": "running"])
            #expect(system.status == 405, "only the system writes operations")
            #expect(try await studio.client().send("POST /api/v2/dragons", ["name": "x"]).status == 404)
        }
    }

    /// Bodies that were right once, with some bytes changed: refused or taken, but never a mistake of ours.
    @Test func mutatedBodiesNeverBreakAnything() async throws {
        let random = SeededRandom.forTest()
        try await Studio.with { studio in
            var random = random
            let client = try studio.client()
            let body: JSONValue = [
                "name": "Ada", "age": 30, "height_centimeters": 170.5, "aliases": ["A", "B"], "personality": "bräve",
            ]
            for _ in 0..<Effort.rounds(300) {
                var bytes = body.encoded()
                for _ in 0...Int.random(in: 0...3, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.remove(at: place)
                    default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: place)
                    }
                }
                let answer = try await client.send("POST /api/v2/characters", bytes)
                #expect([201, 400, 422].contains(answer.status), "\(bytes): \(answer.raw.text)")
                guard answer.status == 201 else { continue }
                #expect(try await client.get("/api/v2/characters/\(answer.id)").bytes == answer.bytes)
            }
        }
    }
}
