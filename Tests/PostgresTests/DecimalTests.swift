import Postgres
import TestSupport
import Testing

@Suite struct DecimalTests {
    @Test(arguments: [
        "0", "0.00", "1", "-1", "10000", "9999", "0.0001", "0.00010", "123456789.987654321", "-0.5", "1000000000000",
        "99999999999999999999999999999999.99999999999999999999", "0.000000000000000000000000000001", "NaN", "Infinity",
        "-Infinity",
    ])
    func textComesBackDigitForDigit(text: String) throws {
        let decimal = try #require(Decimal(text))
        #expect(decimal.description == text)
    }

    @Test func otherSpellingsOfNumbersAreTaken() {
        #expect(Decimal("1e3")?.description == "1000")
        #expect(Decimal("1.50E-3")?.description == "0.00150")
        #expect(Decimal("+007")?.description == "7")
        #expect(Decimal(".5")?.description == "0.5")
        #expect(Decimal("-0")?.description == "0")
    }

    @Test(arguments: ["", "-", ".", "1.2.3", "1e", "e5", "abc", "1 ", "0x10", "1e999999999999", "--1", "nan"])
    func whatIsNoNumberIsRefused(text: String) { #expect(Decimal(text) == nil) }

    /// Random numbers of all sizes go through the server; its own text and its own order are the judge.
    @Test func theServerReadsAndOrdersNumbersAsWeDo() async throws {
        let seed: UInt64 = 7
        var generator = SeededRandom(seed: seed)
        let texts = (0..<300).map { _ in randomNumber(&generator) } + ["NaN", "Infinity", "-Infinity", "0", "0.000"]
        let decimals = texts.compactMap { Decimal($0) }
        #expect(decimals.count == texts.count)
        try await withPool { pool in
            let rows = try await pool.query(
                "numbers",
                """
                SELECT n, n::text FROM unnest(\(decimals)) WITH ORDINALITY AS u (n, i) ORDER BY i
                """)
            for (row, decimal) in zip(rows, decimals) {
                let (back, text) = try row.decode(Decimal.self, String.self)
                #expect(text == decimal.description, "seed \(seed)")
                #expect(back == decimal && back.description == text)
            }
            let sorted = try await pool.query("sorted", "SELECT n FROM unnest(\(decimals)) AS n ORDER BY n")
            let theirs = try sorted.decode(Decimal.self)
            #expect(theirs == decimals.sorted(), "seed \(seed)")
        }
    }

    private func randomNumber(_ generator: inout SeededRandom) -> String {
        func digits(_ count: Int) -> String {
            String((0..<count).map { _ in Character(String(Int.random(in: 0...9, using: &generator))) })
        }
        let whole = Int(digits(Int.random(in: 1...15, using: &generator))).map(String.init) ?? "0"
        let fraction = digits(Int.random(in: 0...25, using: &generator))
        let sign = Bool.random(using: &generator) ? "-" : ""
        return sign + whole + (fraction.isEmpty ? "" : ".\(fraction)")
    }

    @Test func equalNumbersAreEqualWhateverTheirScale() throws {
        let (short, long) = try (#require(Decimal("1.5")), #require(Decimal("1.500")))
        #expect(short == long)
        #expect(Set([short, long]).count == 1)
        #expect(try #require(Decimal("0")) == #require(Decimal("-0.00")))
        #expect(try #require(Decimal("9")) < #require(Decimal("10")))
        #expect(try #require(Decimal("-10")) < #require(Decimal("-9")))
        #expect(try #require(Decimal("0.09")) < #require(Decimal("0.1")))
    }
}
