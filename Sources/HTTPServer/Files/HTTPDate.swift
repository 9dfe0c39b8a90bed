public import System

extension Timestamp {
    /// As HTTP headers write it, to the second: `Sun, 06 Nov 1994 08:49:37 GMT`.
    public var httpDate: String {
        let second = secondsSinceEpoch.modulo(86_400)
        let days = (secondsSinceEpoch - second) / 86_400
        let civil = Civil(daysSinceEpoch: days)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(29)
        // 1970 began on a Thursday.
        bytes += HTTPDateNames.weekdays[Int((days + 3).modulo(7))]
        bytes += ", ".utf8
        bytes.append(number: civil.day, digits: 2)
        bytes.append(UInt8(ascii: " "))
        bytes += HTTPDateNames.months[Int(civil.month - 1)]
        bytes.append(UInt8(ascii: " "))
        bytes.append(number: civil.year, digits: 4)
        bytes.append(UInt8(ascii: " "))
        bytes.append(number: second / 3_600, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(number: second / 60 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(number: second % 60, digits: 2)
        bytes += " GMT".utf8
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads that form and no other: the two older ones have been obsolete since 1997, and a date that cannot be read
    /// only costs the client a fresh copy.
    public init?(httpDate text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 29,
            let weekday = HTTPDateNames.weekdays.firstIndex(of: Array(bytes[0..<3])),
            let month = HTTPDateNames.months.firstIndex(of: Array(bytes[8..<11])),
            let day = bytes.number(at: 5, digits: 2), let year = bytes.number(at: 12, digits: 4),
            let hour = bytes.number(at: 17, digits: 2), let minute = bytes.number(at: 20, digits: 2),
            let second = bytes.number(at: 23, digits: 2),
            bytes[3..<5].elementsEqual(", ".utf8), bytes[7] == UInt8(ascii: " "), bytes[11] == UInt8(ascii: " "),
            bytes[16] == UInt8(ascii: " "), bytes[19] == UInt8(ascii: ":"), bytes[22] == UInt8(ascii: ":"),
            bytes[25...].elementsEqual(" GMT".utf8),
            1...Civil.days(in: Int64(month + 1), of: year) ~= day, hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Civil(year: year, month: Int64(month + 1), day: day).daysSinceEpoch
        guard (days + 3).modulo(7) == Int64(weekday) else { return nil }
        self.init(microsecondsSinceEpoch: (days * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000_000)
    }

    /// Rounded down, also before 1970.
    var secondsSinceEpoch: Int64 {
        let (seconds, rest) = microsecondsSinceEpoch.quotientAndRemainder(dividingBy: 1_000_000)
        return rest < 0 ? seconds - 1 : seconds
    }
}

private enum HTTPDateNames {
    static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map { Array($0.utf8) }
    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        .map { Array($0.utf8) }
}

extension Int64 {
    /// The rest of a division that rounds down: never negative.
    fileprivate func modulo(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: Int64, digits: Int) {
        let text = String(number)
        self += repeatElement(UInt8(ascii: "0"), count: Swift.max(0, digits - text.utf8.count))
        self += text.utf8
    }

    fileprivate func number(at start: Int, digits: Int) -> Int64? {
        var value: Int64 = 0
        for byte in self[start..<start + digits] {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
