import JSON
import TestSupport
import Testing

@Suite struct NumberTests {
    private func number(_ text: String) throws -> JSONNumber { try #require(JSONNumber(text)) }

    @Test(arguments: [
        ("1", "1.0"), ("1", "10e-1"), ("1", "0.1e1"), ("100", "1e2"), ("0", "-0"), ("0", "0e999999999"),
        ("0.0", "-0.000"),
        ("-1.50", "-15e-1"), ("9223372036854775808", "9.223372036854775808e18"), ("1e400", "10e399"), ("0.001", "1e-3"),
        ("-9223372036854775808", "-9223372036854775808.0"),
    ])
    func oneValueInTwoSpellingsIsEqual(left: String, right: String) throws {
        #expect(try number(left) == number(right))
        #expect(try number(left).hashValue == number(right).hashValue)
        #expect(try !(number(left) < number(right)) && !(number(right) < number(left)))
        #expect(try JSONValue.number(number(left)).canonicalBytes == Array(left.utf8))
    }

    @Test(arguments: [
        [
            "-1e400", "-10", "-9.99", "-2", "-0.5", "-1e-9", "0", "1e-400", "0.1", "0.11", "0.2", "1",
            "1.000000000000000000001",
        ],
        [
            "9007199254740992", "9007199254740993", "9223372036854775807", "9223372036854775808", "1e19", "1e400",
            "2e400",
        ],
    ])
    func theOrderIsExact(ascending: [String]) throws {
        let numbers = try ascending.map(number)
        for (left, right) in zip(numbers, numbers.dropFirst()) {
            #expect(left < right && !(right < left) && left != right, "\(left) \(right)")
        }
    }

    @Test func wholeNumbersAreWholeInAnySpelling() throws {
        for (text, integer) in [
            ("7", 7), ("7.0", 7), ("70e-1", 7), ("7e2", 700), ("-0", 0), ("-0.0", 0), ("0e5", 0),
            ("9223372036854775807", .max),
            ("-9223372036854775808", Int.min), ("-9.223372036854775808e18", Int.min),
        ] {
            #expect(try number(text).integer == integer, "\(text)")
            #expect(try number(text).isWhole)
        }
        for text in ["0.5", "7.1", "1e-1", "7e-1"] {
            #expect(try number(text).integer == nil && !number(text).isWhole, "\(text)")
        }
        for text in ["9223372036854775808", "-9223372036854775809", "1e19", "1e20", "1e400", "1e999999999"] {
            #expect(try number(text).integer == nil && number(text).isWhole, "\(text)")
        }
    }

    @Test func doublesAreTheNearestAndNeverInfinite() throws {
        #expect(try number("0.1").double == 0.1)
        #expect(try number("9007199254740993").double == 9_007_199_254_740_992)
        #expect(try number("1e400").double == nil && number("-1e400").double == nil)
        #expect(try number("1e-400").double == 0)
    }

    @Test func doublesAreWrittenInTheFewestDigitsThatReadBackTheSame() throws {
        #expect(JSONNumber(0.1 + 0.2)?.text == "0.30000000000000004")
        var random = SeededRandom(seed: 11)
        for _ in 0..<2_000 {
            let double = Double(bitPattern: random.next())
            guard double.isFinite else { continue }
            let text = try #require(JSONNumber(double)).text
            #expect(try JSONValue(parsing: text).double == double)
        }
    }

    @Test func whatIsNoNumberIsRefused() {
        #expect(
            JSONNumber(Double.nan) == nil && JSONNumber(Double.infinity) == nil && JSONNumber(-Double.infinity) == nil)
        for text in ["", " 1", "1 ", "01", "+1", "1.", ".1", "1e", "0x1", "nan", "1,0", "--1", "1e1234567890", "١"] {
            #expect(JSONNumber(text) == nil, "\(text)")
        }
    }

    @Test func integersOfEveryWidthKeepTheirValue() {
        #expect(JSONNumber(UInt64.max).text == "18446744073709551615")
        #expect(JSONNumber(Int64.min).text == "-9223372036854775808")
        #expect(JSONNumber(Int128.max).text == "170141183460469231731687303715884105727")
    }
}
