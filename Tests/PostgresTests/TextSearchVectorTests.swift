import Postgres
import Testing

/// Whatever words it is made of, the server takes it.
@Suite struct TextSearchVectorTests {
    private typealias Words = [(word: String, weight: TextSearchVector.Weight)]

    private func stored(_ words: Words) async throws -> (words: Int, text: String) {
        let vector = TextSearchVector(words)
        return try await withPool { pool in
            let rows = try await pool.query("vector", "SELECT length(\(vector)), \(vector)::text")
            let (count, text) = try rows.only(Int32.self, String.self)
            #expect(Int(count) == vector.words.count)
            return (Int(count), text)
        }
    }

    @Test func beyondAMebibyteTheFirstWordsOfTheGreatestWeightAreKept() async throws {
        let words: Words = (0..<200_000).map { ("word\($0)", .d) } + [("title", .a)]
        let (count, text) = try await stored(words)
        #expect(50_000..<200_000 ~= count)
        #expect(text.contains("'title'") && text.contains("'word0'") && !text.contains("'word199999'"))
    }

    @Test func justWithinTheLimitEverythingIsKept() async throws {
        // Thirteen letters, and five bytes for each word's place.
        let words: Words = (0..<TextSearchVector.bytesMax / 18).map { ("word\(100_000_000 + $0)", .a) }
        #expect(try await stored(words).words == words.count)
    }

    @Test func oneWordMayComeAnyNumberOfTimes() async throws {
        #expect(try await stored(Array(repeating: ("again", .b), count: 300_000)).words == 1)
    }

    @Test func whatIsNoWordForTheServerIsLeftOut() async throws {
        let longest = String(repeating: "x", count: TextSearchVector.wordBytesMax)
        let (count, _) = try await stored([("", .a), ("a\0b", .a), (longest, .a), (longest + "x", .a), ("b", .a)])
        #expect(count == 2)
    }

    /// Equal for Swift, and two words for the server, whose order and places must be right.
    @Test func spellingsOfOneLetterAreTwoWords() async throws {
        let words: Words = (0..<20).map { (($0 % 2 == 0 ? "longbeginning\u{E9}" : "longbeginninge\u{301}"), .c) }
        #expect(try await stored(words).words == 2)
    }
}
