import JSON
import TestSupport
import Testing

@Suite struct MergePatchTests {
    /// The cases of RFC 7396's appendix, then those it leaves out.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ("{}", #"{"a":[{"b":null}]}"#, #"{"a":[{"b":null}]}"#), ("null", "{}", "{}"), ("1", #"{"a":null}"#, "{}"),
        (#"{"a":1,"b":2,"c":3}"#, #"{"d":4,"b":5}"#, #"{"a":1,"b":5,"c":3,"d":4}"#),
        (#"{"a":{"b":1}}"#, #"{"a":{}}"#, #"{"a":{"b":1}}"#),
    ])
    func aPatchIsApplied(original: String, patch: String, result: String) throws {
        let patched = try JSONValue(parsing: original).merging(try JSONValue(parsing: patch))
        #expect(patched.description == result)
    }

    @Test(arguments: [
        (#"{"a":1,"b":2}"#, #"{"a":1,"b":3}"#, #"{"b":3}"#), (#"{"a":1,"b":2}"#, #"{"a":1}"#, #"{"b":null}"#),
        (#"{"a":{"b":1,"c":2}}"#, #"{"a":{"b":1,"c":3}}"#, #"{"a":{"c":3}}"#), (#"{"a":1}"#, #"{"a":1.0}"#, "{}"),
        (#"{"a":[1,2]}"#, #"{"a":[1,2,null]}"#, #"{"a":[1,2,null]}"#), (#"{"a":1}"#, #"{"a":{}}"#, #"{"a":{}}"#),
        (#"{"a":null}"#, #"{"a":null,"b":1}"#, #"{"b":1}"#), (#"{"a":1}"#, "null", "null"),
        ("1", #"{"a":1}"#, #"{"a":1}"#),
        (#"{"a":null}"#, "{}", #"{"a":null}"#),
    ])
    func thePatchBetweenTwoValuesIsTheSmallest(original: String, target: String, patch: String) throws {
        let computed = try JSONValue(parsing: original).mergePatch(to: try JSONValue(parsing: target))
        #expect(computed?.description == patch)
    }

    @Test(arguments: [
        ("{}", #"{"a":null}"#), (#"{"a":1}"#, #"{"a":{"b":null}}"#), ("1", #"{"a":null}"#),
        (#"{"a":{"b":1}}"#, #"{"a":{"b":null}}"#),
    ])
    func noPatchIsMadeWhereNullWouldHaveToBeWritten(original: String, target: String) throws {
        #expect(try JSONValue(parsing: original).mergePatch(to: try JSONValue(parsing: target)) == nil)
    }

    @Test func theComputedPatchLeadsToTheTarget() throws {
        var random = SeededRandom(seed: 7396)
        var computed = 0
        for _ in 0..<2_000 {
            let original = random.document()
            let target = random.variation(of: original)
            guard let patch = original.mergePatch(to: target) else { continue }
            computed += 1
            #expect(original.merging(patch) == target, "seed 7396: \(original) → \(target) by \(patch)")
        }
        #expect(computed > 500)
    }

    @Test func hugePatchesTakeNoLongerThanTheirSize() {
        let members = (0..<100_000).map { ("name \($0)", JSONValue.number(JSONNumber($0))) }
        let large = JSONValue.object(JSONObject(members))
        let reversed = JSONValue.object(JSONObject(members.reversed()))
        #expect(large.merging(reversed) == large)
        #expect(large.mergePatch(to: reversed) == [:])
        #expect(large.differences(to: reversed).isEmpty)
    }
}
