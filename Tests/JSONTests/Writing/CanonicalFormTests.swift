import JSON
import TestSupport
import Testing

@Suite struct CanonicalFormTests {
    private func canonical(_ text: String) throws -> String {
        String(decoding: try JSONValue(parsing: text).canonicalBytes, as: UTF8.self)
    }

    @Test func namesAreSortedAndSpaceIsGone() throws {
        #expect(
            try canonical(#" { "b" : [ 3 , {"z":1,"a":2} ], "a" : "\u0041\/\u000a" , "" : null } "#)
                == #"{"":null,"a":"A/\n","b":[3,{"a":2,"z":1}]}"#)
    }

    @Test func theOrderOfNamesIsThatOfUTF16() throws {
        // U+FB33 is below U+1F600 as a code point, and above its surrogates as UTF-16.
        let text = #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7,"10":8,"\ue000":9}"#
        let names = try #require(JSONValue(parsing: canonical(text)).object).names
        #expect(names == ["\r", "1", "10", "\u{80}", "\u{F6}", "\u{20AC}", "\u{1F600}", "\u{E000}", "\u{FB33}"])
        var random = SeededRandom(seed: 5)
        for _ in 0..<500 {
            let object = JSONObject(Set((0..<8).map { _ in random.text() }).map { ($0, .null) })
            let sorted = try #require(JSONValue(parsing: JSONValue.object(object).canonicalBytes).object).names
            let expected = object.names.sorted { Array($0.utf16).lexicographicallyPrecedes(Array($1.utf16)) }
            #expect(sorted.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
        }
    }

    @Test func numbersKeepTheirDigits() throws {
        #expect(
            try canonical("[1.0, 1, 1e400, -0, 1E2, 333333333.33333329]") == "[1.0,1,1e400,-0,1E2,333333333.33333329]")
    }
}
