import JSON
import Testing

@Suite struct ValueTests {
    private let value: JSONValue = [
        "name": "Ingrid", "age": 34, "height": 1.5, "alive": true, "spouse": .null,
        "tags": ["a", "b"], "home": ["city": "Bergen", "rooms": [["size": 12]]],
    ]

    @Test func literalsBecomeTheirKindOfValue() {
        #expect(
            value.description == #"{"name":"Ingrid","age":34,"height":1.5,"alive":true,"spouse":null,"#
                + #""tags":["a","b"],"home":{"city":"Bergen","rooms":[{"size":12}]}}"#)
    }

    @Test func aPathReachesThroughWhatMayBeAbsent() {
        #expect(value["home"]["city"]?.string == "Bergen")
        #expect(value["home"]["rooms"][0]["size"]?.integer == 12)
        #expect(value["home"]["rooms"][1]["size"] == nil)
        #expect(value["nobody"]["city"] == nil)
        #expect(value["name"]["city"] == nil)
        #expect(value["tags"][-1] == nil)
        #expect(value["spouse"]?.isNull == true)
    }

    @Test func anAccessorAnswersForItsKindAlone() {
        #expect(value["age"]?.integer == 34 && value["age"]?.string == nil && value["age"]?.bool == nil)
        #expect(value["height"]?.double == 1.5 && value["height"]?.integer == nil && value["height"]?.isNull == false)
        #expect(value["alive"]?.bool == true && value["alive"]?.number == nil)
        #expect(value["tags"]?.array?.count == 2 && value["tags"]?.object == nil && value.array == nil)
    }

    @Test func wholeNumbersOfAnyWidthBecomeValues() {
        #expect([JSONValue.integer(Int8(-3)), .integer(UInt64.max)].description == "[-3, 18446744073709551615]")
    }

    @Test func aNameGivenTwiceInALiteralTraps() async {
        await #expect(processExitsWith: .failure) { _ = ["a": 1, "b": 2, "a": 3] as JSONValue }
    }

    @Test func assigningChangesAddsAndRemovesMembers() {
        var changed: JSONValue = ["a": 1, "b": 2]
        changed["a"] = "one"
        changed["c"] = .null
        changed["b"] = nil
        changed["nothing"] = nil
        #expect(changed.description == #"{"a":"one","c":null}"#)
        var scalar: JSONValue = 3
        scalar["a"] = 1
        #expect(scalar == ["a": 1])
    }

    @Test func membersAreEqualInAnyOrderAndElementsAreNot() {
        let left: JSONValue = ["a": 1, "b": [1, 2]]
        #expect(left == ["b": [1, 2], "a": 1])
        #expect(left.hashValue == (["b": [1, 2], "a": 1] as JSONValue).hashValue)
        #expect(left != ["a": 1, "b": [2, 1]])
        #expect(left != ["a": 1, "b": [1, 2], "c": .null])
        #expect(left != ["a": 1, "c": [1, 2]])
        #expect((["a": .null] as JSONValue) != [:])
        #expect((0 as JSONValue) != false && ("1" as JSONValue) != 1 && ([] as JSONValue) != [:])
    }

    @Test func spellingsOfOneCharacterAreDifferentStringsAndNames() {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        #expect(JSONValue.string(composed) != .string(decomposed))
        let object: JSONObject = [composed: 1, decomposed: 2]
        #expect(object[composed] == 1 && object[decomposed] == 2)
        // The same holds where names are hashed.
        var large = JSONObject((0..<100).map { ("k\($0)", .null) })
        large[composed] = 1
        var other = large
        other[composed] = nil
        other[decomposed] = 1
        #expect(large != other)
    }
}
