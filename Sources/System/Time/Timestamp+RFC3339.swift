extension Timestamp: CustomStringConvertible, LosslessStringConvertible {
    /// RFC 3339 in UTC with six decimals, always 27 bytes: `2026-11-21T06:10:34.000000Z`.
    ///
    /// Years before 0 or after 9999, which RFC 3339 cannot say, have a sign and six digits as ISO 8601 allows.
    public var description: String {
        let (date, microsecondsOfDay) = civil
        return unsafe String(unsafeUninitializedCapacity: 30) { buffer in
            var at = 0
            func put(_ byte: UInt8) {
                unsafe buffer[at] = byte
                at += 1
            }
            func put(_ number: Int64, digits: Int) {
                var divisor: Int64 = 1
                for _ in 1..<digits { divisor *= 10 }
                while divisor > 0 {
                    put(UInt8(ascii: "0") + UInt8(number / divisor % 10))
                    divisor /= 10
                }
            }
            if 0...9_999 ~= date.year {
                put(date.year, digits: 4)
            } else {
                put(date.year < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
                put(abs(date.year), digits: 6)
            }
            put(UInt8(ascii: "-"))
            put(date.month, digits: 2)
            put(UInt8(ascii: "-"))
            put(date.day, digits: 2)
            put(UInt8(ascii: "T"))
            put(microsecondsOfDay / 3_600_000_000, digits: 2)
            put(UInt8(ascii: ":"))
            put(microsecondsOfDay / 60_000_000 % 60, digits: 2)
            put(UInt8(ascii: ":"))
            put(microsecondsOfDay / 1_000_000 % 60, digits: 2)
            put(UInt8(ascii: "."))
            put(microsecondsOfDay % 1_000_000, digits: 6)
            put(UInt8(ascii: "Z"))
            return at
        }
    }

    /// The same to the second, for people: `2026-11-21T06:10:34Z`. The fraction is cut off.
    public var seconds: String { text(without: 8) }

    /// The same to the millisecond, for lines of a log: `2026-11-21T06:10:34.000Z`. The rest is cut off.
    public var milliseconds: String { text(without: 4) }

    private func text(without ending: Int) -> String { description.dropLast(ending) + "Z" }

    /// Reads RFC 3339 with any offset and up to six decimals; more decimals are refused rather than rounded, and so are
    /// leap seconds, which no clock here knows.
    public init?(_ text: some StringProtocol) {
        var reader = DigitReader(Array(text.utf8))
        guard let year = reader.year(), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2), reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.number(digits: 2), reader.skip(":"),
            let minute = reader.number(digits: 2), reader.skip(":"),
            let second = reader.number(digits: 2),
            let fraction = reader.fraction(), let offset = reader.offsetMinutes(), reader.isAtEnd,
            1...12 ~= month, 1...Civil.days(in: month, of: year) ~= day,
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Civil(year: year, month: month, day: day).daysSinceEpoch
        let seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
        // Wider in between, since the first and last second do not fit as a whole.
        guard let microseconds = Int64(exactly: Int128(seconds) * 1_000_000 + Int128(fraction)) else { return nil }
        self.init(microsecondsSinceEpoch: microseconds)
    }

    private var civil: (Civil, microsecondsOfDay: Int64) {
        let perDay: Int64 = 86_400_000_000
        let (days, rest) = microsecondsSinceEpoch.quotientAndRemainder(dividingBy: perDay)
        return rest < 0 ? (Civil(daysSinceEpoch: days - 1), rest + perDay) : (Civil(daysSinceEpoch: days), rest)
    }
}

private struct DigitReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    mutating func number(digits: Int) -> Int64? {
        guard at + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for _ in 0..<digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[at] else { return nil }
            value = value * 10 + Int64(bytes[at] - UInt8(ascii: "0"))
            at += 1
        }
        return value
    }

    /// Four digits, or a sign and six where four do not do.
    mutating func year() -> Int64? {
        let sign: Int64 = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0 else { return number(digits: 4) }
        guard let year = number(digits: 6), !(0...9_999 ~= sign * year) else { return nil }
        return sign * year
    }

    /// Microseconds; zero where there is no fraction.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        var value: Int64 = 0
        var digits = 0
        while let digit = number(digits: 1) {
            value = value * 10 + digit
            digits += 1
            if digits > 6 { return nil }
        }
        guard digits > 0 else { return nil }
        for _ in digits..<6 { value *= 10 }
        return value
    }

    mutating func offsetMinutes() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64 = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(digits: 2), skip(":"), let minutes = number(digits: 2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
