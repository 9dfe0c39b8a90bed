import JSON
import TestSupport
import Testing

@Suite struct ShapeTests {
    enum Mood: String, CaseIterable { case calm, wild }

    struct Character: Equatable {
        let name: String
        let age: Int?
        let tags: [String]
        let mood: Mood
        let home: Home

        static let shape = JSONShape.object(
            .required("name", .string(length: 1...10)),
            .optional("age", .integer(in: 0...150)),
            .optional("tags", .array(of: .string, count: 0...3), default: []),
            .optional("mood", .choice(of: Mood.self), default: .calm),
            .required("home", Home.shape),
            build: Character.init)
    }

    struct Home: Equatable {
        let city: String
        let founded: Bool

        static let shape = JSONShape.object(
            .required("city", .string), .optional("founded", .bool, default: false), ignoringUnknown: true,
            build: Home.init)
    }

    private func problems(_ text: String) throws -> [String] {
        do throws(JSONProblems) {
            _ = try Character.shape.read((try? JSONValue(parsing: text)) ?? .null)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func aShapeReadsItsType() throws {
        #expect(
            try Character.shape.read(
                [
                    "name": "Ingrid", "age": 34.0, "tags": ["a"], "mood": "wild",
                    "home": ["city": "Bergen", "founded": true],
                ])
                == Character(
                    name: "Ingrid", age: 34, tags: ["a"], mood: .wild, home: Home(city: "Bergen", founded: true)))
        #expect(
            try Character.shape.read(["home": ["city": "Oslo", "unknown": 1], "name": "Bo", "age": .null])
                == Character(name: "Bo", age: nil, tags: [], mood: .calm, home: Home(city: "Oslo", founded: false)))
    }

    @Test func allProblemsComeAtOnce() throws {
        #expect(
            try problems(
                #"{"name":"","age":-1,"tags":["a",2,"c",null],"mood":"sad","home":{"founded":"1900"},"nmae":1}"#) == [
                    "/name must have at least 1 character; it has 0",
                    "/age must be at least 0",
                    "/tags must have at most 3 elements; it has 4",
                    "/tags/1 must be a string, not 2",
                    "/tags/3 must be a string, not null",
                    #"/mood must be one of "calm", "wild""#,
                    "/home/city is required: add it",
                    "/home/founded must be true or false, not a string",
                    #"/nmae is not known here: remove it; known are "name", "age", "tags", "mood", "home""#,
                ])
        #expect(try problems("[]") == ["the document must be an object, not an array"])
        #expect(
            try problems(#"{"name":"a","home":{"city":"b"},"age":1.5}"#) == ["/age must be a whole number, not 1.5"])
        #expect(try problems(#"{"name":"a","home":null}"#) == ["/home must be an object, not null"])
    }

    @Test func wholeNumbersBeyondIntAreRefused() throws {
        #expect(try JSONShape.integer.read(.number(JSONNumber(Int.min))) == .min)
        for text in ["9223372036854775808", "-9223372036854775809", "1e400"] {
            let value = try JSONValue(parsing: text)
            #expect(throws: JSONProblems.self) { try JSONShape.integer.read(value) }
        }
    }

    @Test func aConvertedValueIsRefusedInItsOwnWords() throws {
        let hexadecimal = JSONShape.string.converted(orSay: "must be a hexadecimal number, such as ff") {
            Int($0, radix: 16)
        }
        #expect(try JSONShape.array(of: hexadecimal).read(["ff", "10"]) == [255, 16])
        let error = #expect(throws: JSONProblems.self) { try JSONShape.array(of: hexadecimal).read(["ff", "xy", 3]) }
        #expect(
            error?.problems.map(\.description)
                == ["/1 must be a hexadecimal number, such as ff", "/2 must be a string, not 3"])
    }

    @Test func nothingIsBuiltFromMoreProblemsThanAreReported() throws {
        let shape = JSONShape.array(of: Character.shape)
        let error = #expect(throws: JSONProblems.self) {
            try shape.read(.array(Array(repeating: ["name": 1], count: 1_000)))
        }
        #expect(error?.problems.count == JSONProblems.mostReported)
    }

    /// The schema of a shape is published; it must not promise anything else than the shape keeps.
    @Test func aShapeAndItsSchemaAgree() throws {
        let schema = try JSONSchema(Character.shape.schema)
        let seed: JSONValue = [
            "name": "Bo", "age": 3, "tags": ["a", "b"], "mood": "wild", "home": ["city": "Oslo", "founded": true],
        ]
        var random = SeededRandom(seed: 31)
        var accepted = 0
        for _ in 0..<3_000 {
            var value = seed
            for name in ["name", "age", "tags", "mood", "home"] where random.chance(0.3) {
                value[name] =
                    random.chance(0.3)
                    ? nil : random.chance(0.5) ? random.document(depth: 1) : random.variation(of: value[name] ?? .null)
            }
            let isRead = (try? Character.shape.read(value)) != nil
            accepted += isRead ? 1 : 0
            #expect(schema.problems(in: value).isEmpty == isRead, "seed 31: \(value)")
        }
        #expect((200...2_800).contains(accepted))
    }
}
