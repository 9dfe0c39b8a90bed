import HTTPServer
import JSON
import Testing

@Suite struct JSONBodyTests {
    struct Character: Equatable {
        var name: String
        var age: Int?

        static let shape = JSONShape.object(
            .required("name", .string(length: 1...10)), .optional("age", .integer(in: 0...150)),
            build: { Character(name: $0, age: $1) })
    }

    private func decode(_ text: String, _ contentType: String? = "application/json") throws -> Character {
        try JSONBody.decode(Array(text.utf8), contentType: contentType, as: Character.shape)
    }

    @Test(arguments: ["application/json", "Application/JSON; charset=UTF-8", "application/merge-patch+json"])
    func aBodyOfTheRightShapeIsRead(contentType: String) throws {
        #expect(try decode(#"{"name": "Ada", "age": 36}"#, contentType) == Character(name: "Ada", age: 36))
    }

    @Test(arguments: [
        nil, "", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "json",
    ])
    func anotherTypeIsRefused(contentType: String?) {
        let problem = #expect(throws: Problem.self) { try decode(#"{"name": "Ada"}"#, contentType) }
        #expect(problem?.status == .unsupportedMediaType)
        #expect(problem?.headers.contains { $0 == ("Accept", "application/json") } == true)
    }

    /// Addresses and forms refuse it as well: nothing behind a server can hold it.
    @Test func aTextWithNULIsRefusedAtItsPlace() throws {
        let body = Array(#"{"a": ["x", {"b": "y\u0000z"}], "c\u0000": 1, "d": "\\u0000"}"#.utf8)
        let problem = try #require(
            #expect(throws: Problem.self) { try JSONBody.value(body, contentType: "application/json") })
        #expect(problem.status == .unprocessableContent && problem.code == "invalid_fields")
        #expect(problem.fields.map(\.place) == [.pointer("/a/1/b"), .pointer("")])
        let written = Array(#"["\\u0000", "u0000"]"#.utf8)
        #expect(try JSONBody.value(written, contentType: "application/json")[0] == #"\u0000"#)
    }

    @Test func whatIsNotJSONIsSaidByLineAndColumn() throws {
        let problem = try #require(#expect(throws: Problem.self) { try decode("{\"name\":\n  oops}") })
        #expect(problem.status == .badRequest && problem.code == "malformed_json")
        let document = try JSONValue(parsing: problem.encoded())
        #expect(document["line"] == 2 && document["column"] == 3)
        #expect(problem.detail.contains("line 2, column 3"))
        #expect(problem.detail.hasSuffix(".") && !problem.detail.hasSuffix(".."))
    }

    @Test(arguments: ["", " ", "{", "{\"name\": \"Ada\"} x", "{\"name\": \"Ada\", \"name\": \"Bob\"}"])
    func everyMalformedBodyIsA400(text: String) {
        let problem = #expect(throws: Problem.self) { try decode(text) }
        #expect(problem?.status == .badRequest)
    }

    @Test func everyWrongFieldIsNamedAtOnce() throws {
        let problem = try #require(
            #expect(throws: Problem.self) { try decode(#"{"name": "", "age": 200, "size": 1}"#) })
        #expect(problem.status == .unprocessableContent && problem.code == "invalid_fields")
        #expect(Set(problem.fields.map(\.place)) == [.pointer("/name"), .pointer("/age"), .pointer("/size")])
        #expect(Set(problem.fields.map(\.code)) == ["min_length", "maximum", "additional_properties"])
    }

    @Test func aBodyOfAnotherKindIsRefusedAsAWhole() throws {
        let problem = try #require(#expect(throws: Problem.self) { try decode("[]") })
        #expect(problem.fields.map(\.place) == [.pointer("")])
        #expect(problem.detail.hasPrefix("the body: must be an object"))
    }

    @Test func aBodyBeyondTheLimitIsTooLarge() {
        var limits = JSONLimits.standard
        limits.bytes = 10
        let problem = #expect(throws: Problem.self) {
            try JSONBody.value(Array("[1,2,3,4,5,6]".utf8), contentType: "application/json", limits: limits)
        }
        #expect(problem?.status == .payloadTooLarge)
    }
}
