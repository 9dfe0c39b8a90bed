import JSON
import Testing

@Suite struct PatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> Bool {
        try JSONSchema(["pattern": .string(pattern)]).problems(in: .string(text)).isEmpty
    }

    @Test(
        arguments: [
            ("", ["", "a"], []), ("abc", ["abc", "xabcx"], ["", "ab", "ABC"]), ("^a", ["ab"], ["ba", ""]),
            ("a$", ["ba"], ["ab", ""]),
            ("^$", [""], ["a", "\n"]), ("^a*$", ["", "aaa"], ["ab"]), ("^a+$", ["a"], [""]),
            ("^a?b$", ["b", "ab"], ["aab"]),
            ("^a{2}$", ["aa"], ["a", "aaa"]), ("^a{2,}$", ["aa", "aaaa"], ["a"]), ("^a{0,2}$", ["", "aa"], ["aaa"]),
            ("^a{0}$", [""], ["a"]),
            ("^(ab|c)+$", ["ab", "cabc"], ["", "b", "abb"]), ("^(?:a|b|cd)$", ["a", "b", "cd"], ["c", "abcd"]),
            ("^(|a)b$", ["b", "ab"], ["aab"]),
            ("^.$", ["a", "😀", "\u{85}"], ["\n", "\r", "\u{2028}", "", "ab"]), ("^[abc]$", ["b"], ["d", ""]),
            ("^[^abc]$", ["d", "\n"], ["b", ""]),
            ("^[a-z0-9_-]+$", ["a-9_"], ["A", "é"]), ("^[\\]\\\\^]+$", ["]\\^"], ["a"]), ("^[]$", [], ["", "a"]),
            ("^[^]$", ["a", "\n"], [""]),
            ("^\\d\\D\\w\\W\\s\\S$", ["1a_- x"], ["aaaaaa"]), ("^[\\d.]+$", ["1.5"], ["1,5"]),
            ("^[^\\s]+$", ["ab"], ["a b"]),
            ("^\\x41\\u0042\\u{1F600}$", ["AB😀"], ["AB"]), ("^\\t\\n\\r\\f\\v$", ["\t\n\r\u{C}\u{B}"], [" "]),
            ("^\\.\\*\\/\\|$", [".*/|"], ["aa/|"]),
            ("^(a*)*$", ["", "aaaa"], ["b"]), ("^(a*)+b$", ["b", "aab"], ["aa"]), ("^a+?b*?$", ["a", "abb"], ["b"]),
            ("a|^b$|c$", ["xax", "b", "xc"], ["xb", "cx"]),
            ("(^a|b)c", ["ac", "xbc"], ["xac"]), ("^(a{2}){2}$", ["aaaa"], ["aaa"]),
            ("^[A-Z][a-z]+(-[A-Z][a-z]+)*$", ["Anna-Lena"], ["Anna-"]), ("^é$", ["é"], ["e\u{301}"]),
        ] as [(String, [String], [String])])
    func aPatternMatchesWhatItSays(pattern: String, matching: [String], others: [String]) throws {
        for text in matching { #expect(try matches(pattern, text), "\(pattern) should match \(text.debugDescription)") }
        for text in others {
            #expect(try !matches(pattern, text), "\(pattern) should not match \(text.debugDescription)")
        }
    }

    @Test(arguments: [
        "(", ")", "a)", "(a", "[", "[a", "*", "+a", "?", "a**", "a{", "a{}", "a{x}", "a{2,1}", "a{1", "a{1,2", "{2}",
        "]", "}", "\\", "\\b", "\\1",
        "\\k<a>", "\\p{L}", "\\c", "\\u12", "\\u{110000}", "\\u{}", "\\ud800", "\\x4", "(?=a)", "(?!a)", "(?<=a)",
        "(?<n>a)", "[b-a]", "[\\d-z]",
        "^*", "a{1001}", "a{99999999999999999999}", "(a{1000}){1000}", "((){1000}){1000}", "a++", "\\e", "[\\q]",
    ])
    func whatIsNoPatternIsRefused(pattern: String) {
        #expect(throws: JSONProblems.self, "\(pattern)") { try JSONSchema(["pattern": .string(pattern)]) }
    }

    @Test func groupsNestOnlySoDeep() throws {
        let deep = String(repeating: "(", count: 100_000)
        #expect(throws: JSONProblems.self) { try JSONSchema(["pattern": .string(deep)]) }
    }

    @Test func patternsThatRuinOthersTakeLinearTime() throws {
        let text = String(repeating: "a", count: 20_000) + "!"
        for pattern in ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(x+x+)+y", "^(.*a){20}$"] {
            #expect(try !matches(pattern, text))
        }
    }
}
