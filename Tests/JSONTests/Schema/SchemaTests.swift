import JSON
import TestSupport
import Testing

@Suite struct SchemaTests {
    private func schema(_ text: String) throws -> JSONSchema { try JSONSchema(try JSONValue(parsing: text)) }

    private func short(_ problems: [JSONProblem]) -> [String] { problems.map { "\($0.pointer) \($0.keyword)" } }

    @Test(arguments: schemaCases)
    func everyKeywordKeepsItsWord(example: SchemaCase) throws {
        let problems = try schema(example.schema).problems(in: try JSONValue(parsing: example.value))
        #expect(short(problems) == example.problems)
    }

    @Test(arguments: refusedSchemas)
    func whatIsNoSchemaIsRefusedAtItsPlace(text: String, problems: [String]) throws {
        let error = #expect(throws: JSONProblems.self) { try schema(text) }
        #expect(error.map { short($0.problems) } == problems)
    }

    @Test func everyProblemSaysWhatToDo() throws {
        let character = try schema(
            #"""
            {"type":"object","required":["name","kind"],"additionalProperties":false,"properties":{
              "name":{"type":"string","minLength":1,"maxLength":3},"kind":{"enum":["hero","villain"]},
              "age":{"type":"integer","minimum":0,"exclusiveMaximum":150},"tags":{"maxItems":1,"uniqueItems":true},
              "born":{"format":"date"},"home":{"anyOf":[{"type":"null"},{"required":["city"]}]}}}
            """#)
        let value = try JSONValue(
            parsing: #"{"name":"Ingrid","age":-1.5,"tags":["a","a"],"born":"yesterday","home":{},"nmae":1}"#)
        let problems = character.problems(in: value).map(\.description)
        #expect(
            problems == [
                "/kind is required: add it",
                "/name must have at most 3 characters; it has 6",
                "/age must be a whole number, not -1.5",
                "/age must be at least 0",
                "/tags must have at most 1 element; it has 2",
                "/tags must hold each value once: elements 0 and 1 are equal",
                "/born must be a date, such as 2026-11-21",
                "/home must fit one of 2 alternatives; for the nearest, /home must be null, not an object",
                #"/nmae is not known here: remove it; known are "name", "kind", "age", "tags", "born", "home""#,
            ])
        #expect(throws: JSONProblems.self) { try character.validate(value) }
        #expect(throws: Never.self) { try character.validate(["name": "Bo", "kind": "hero"]) }
    }

    @Test func annotationsAreKept() throws {
        let document: JSONValue = ["type": "object", "x-icon": ["name": "user"], "title": "Character"]
        #expect(try JSONSchema(document).document["x-icon"]["name"] == "user")
    }

    @Test func aDeepValueIsCheckedToItsBottom() throws {
        let nested = try schema(##"{"properties":{"n":{"$ref":"#"},"v":{"type":"null"}}}"##)
        let deep = String(repeating: #"{"n":"#, count: 127) + #"{"v":1}"# + String(repeating: "}", count: 127)
        let problem = try #require(nested.problems(in: try JSONValue(parsing: deep)).first)
        #expect(problem.pointer.tokens.count == 128 && problem.keyword == "type")
    }

    @Test func whatTakesTooLongToCheckIsNeverTakenForValid() throws {
        var limits = JSONSchema.Limits()
        limits.steps = 1_000
        let value = JSONValue.array(Array(repeating: 1, count: 2_000))
        for text in [
            #"{"items":true}"#, #"{"items":{"not":{"type":"string"}}}"#, #"{"not":{"items":{"type":"integer"}}}"#,
        ] {
            let limited = try JSONSchema(try JSONValue(parsing: text), limits: limits)
            #expect(short(limited.problems(in: value)).last == " limit", "\(text)")
        }
    }

    @Test func alternativesOfAlternativesEnd() throws {
        // Two to the thirtieth ways through, were all of them walked.
        let definitions = (0..<14).map {
            ##""d\##($0)":{"anyOf":[{"$ref":"#/$defs/d\##($0 + 1)"},{"$ref":"#/$defs/d\##($0 + 1)"}]}"##
        }
        let text = ##"{"$ref":"#/$defs/d0","$defs":{\##(definitions.joined(separator: ",")),"d14":false}}"##
        var limits = JSONSchema.Limits()
        #expect(throws: Never.self) { try JSONSchema(try JSONValue(parsing: text), limits: limits) }
        limits.steps = 5_000
        let schema = try JSONSchema(try JSONValue(parsing: text), limits: limits)
        #expect(short(schema.problems(in: 1)).contains(" limit"))
        limits.inPlaceDepth = 20
        let error = #expect(throws: JSONProblems.self) { try JSONSchema(try JSONValue(parsing: text), limits: limits) }
        #expect(error.map { short($0.problems) } == [" $ref"])
    }

    @Test func problemsStopAtAHundred() throws {
        let problems = try schema(#"{"items":{"type":"null"}}"#).problems(in: .array(Array(repeating: 1, count: 5_000)))
        #expect(problems.count == JSONProblems.mostReported)
    }

    @Test func noDocumentCrashesACompilerOrAValidation() throws {
        var random = SeededRandom(seed: 2020)
        let keywords = schemaCases.compactMap { try? JSONValue(parsing: $0.schema).object }.flatMap { $0 }
        var compiled = 0
        for _ in 0..<3_000 {
            var document: JSONValue = [:]
            for _ in 0..<3 {
                guard let (keyword, value) = keywords.randomElement(using: &random) else { continue }
                document[keyword] = random.chance(0.2) ? random.variation(of: value) : value
            }
            guard let schema = try? JSONSchema(document) else { continue }
            compiled += 1
            for _ in 0..<3 { _ = schema.problems(in: random.document(depth: 2)) }
        }
        #expect(compiled > 500)
    }
}
