import Testing

@testable import Spelling

@Suite struct SpellingTests {
    private static let commands = ["serve", "migrate", "doctor", "version", "backup", "restore", "rebuild", "log"]

    @Test(arguments: [
        ("srve", "serve"), ("sevre", "serve"), ("servee", "serve"), ("SERVE", "serve"), ("migrat", "migrate"),
        ("docter", "doctor"), ("vresion", "version"), ("back", "backup"), ("re", "restore"), ("rebiuld", "rebuild"),
        ("restroe", "restore"), ("lgo", "log"),
    ])
    func aSlipFindsTheWordThatWasMeant(typed: String, meant: String) {
        #expect(Spelling.nearest(to: typed, among: Self.commands) == meant)
    }

    @Test(arguments: ["", "x", "frobnicate", "lol-what", "s", "qqq", String(repeating: "serve", count: 14)])
    func aWordLikeNoOtherFindsNothing(typed: String) {
        #expect(Spelling.nearest(to: typed, among: Self.commands) == nil)
    }

    @Test func theNearestWinsAndTheFirstOfEquals() {
        #expect(Spelling.nearest(to: "cars", among: ["bars", "cart", "carts", "cars"]) == "cars")
        #expect(Spelling.nearest(to: "carx", among: ["bars", "cart", "card"]) == "cart")
        #expect(Spelling.nearest(to: "cart", among: [String]()) == nil)
    }

    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1),
        ("abcd", "badc", 2), ("kitten", "sitting", 3), ("ca", "abc", 3), ("grün", "grau", 2), ("é", "e\u{301}", 0),
    ])
    func slipsAreCountedAsPeopleWould(typed: String, meant: String, slips: Int) {
        #expect(Spelling.slips(from: Array(typed), to: Array(meant)) == slips)
        #expect(Spelling.slips(from: Array(meant), to: Array(typed)) == slips)
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("two words", #""two words""#), (#"a"b\c"#, #""a\"b\\c""#),
        ("red\u{1B}[31m", #""red\u{1b}[31m""#), ("a\nb\tc\rd", #""a\nb\tc\u{d}d""#), ("a\r\nb", #""a\u{d}\nb""#),
        ("\u{202E}evil", #""\u{202e}evil""#), ("Grüße 🎨", #""Grüße 🎨""#), ("\u{85}\u{2028}", #""\u{85}\u{2028}""#),
    ])
    func aQuotedTextCannotCommandATerminal(text: String, quoted: String) {
        #expect(Spelling.quoted(text) == quoted)
    }

    @Test func aLongTextIsCutWhenQuoted() {
        #expect(Spelling.quoted("abcdefgh", lengthMax: 3) == #""abc…""#)
        #expect(Spelling.quoted("abc", lengthMax: 3) == #""abc""#)
    }
}
