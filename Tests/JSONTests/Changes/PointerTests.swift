import JSON
import Testing

@Suite struct PointerTests {
    @Test(arguments: [
        ("/foo", #"["bar","baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"),
        ("/g|h", "4"), ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"), ("/~01", "9"), ("/\u{301}x", "10"),
    ])
    func aPointerFindsItsValue(pointer: String, expected: String) throws {
        let document = try JSONValue(
            parsing: #"""
                {"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,"~1":9,
                "\u0301x":10}
                """#)
        let parsed = try #require(JSONPointer(parsing: pointer))
        #expect(document[parsed]?.description == expected)
        #expect(parsed.description == pointer)
        #expect(document[JSONPointer.root] == document)
    }

    @Test(arguments: [
        "/foo/2", "/foo/-", "/foo/01", "/foo/+1", "/foo/-1", "/foo/", "/foo/0/0", "/no", "/a/b", "//",
        "/foo/99999999999999999999",
    ])
    func aPlaceThatIsNotThereHoldsNothing(pointer: String) throws {
        let document: JSONValue = ["foo": ["bar", "baz"], "a/b": 1, "n": .null]
        #expect(document[try #require(JSONPointer(parsing: pointer))] == nil)
    }

    @Test(arguments: ["foo", "~0", "/~", "/~2", "/a~", "#/a", " /a"])
    func whatIsNoPointerIsRefused(text: String) {
        #expect(JSONPointer(parsing: text) == nil)
    }

    @Test func tokensAreEscaped() {
        #expect(JSONPointer(["a/b", "~1", ""]).appending("m~n").appending(0).description == "/a~1b/~01//m~0n/0")
    }
}
