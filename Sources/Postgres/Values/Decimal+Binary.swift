/// The server's form: groups of four decimal digits, the first weighing 10000^weight, aligned at the point.
extension Decimal: PostgresValue {
    public static var postgresType: PostgresType { .numeric }

    private enum Sign {
        static let positive: UInt16 = 0x0000
        static let negative: UInt16 = 0x4000
        static let notANumber: UInt16 = 0xC000
        static let infinity: UInt16 = 0xD000
        static let negativeInfinity: UInt16 = 0xF000
    }

    public func encode(into writer: inout BinaryWriter) {
        let sign =
            switch kind {
            case .finite: isNegative ? Sign.negative : Sign.positive
            case .notANumber: Sign.notANumber
            case .infinite: isNegative ? Sign.negativeInfinity : Sign.infinity
            }
        let (groups, weight) = groups
        writer.append(Int16(groups.count))
        writer.append(Int16(weight))
        writer.append(sign)
        writer.append(UInt16(scale))
        for group in groups { writer.append(group) }
    }

    private var groups: (groups: [Int16], weight: Int) {
        guard !digits.isEmpty else { return ([], 0) }
        let integerGroups = (integerDigitCount + 3) >> 2  // rounds up, below zero too
        let leading = integerGroups * 4 - integerDigitCount
        var groups: [Int16] = []
        var position = -leading
        while position < digits.count {
            var group: Int16 = 0
            for index in position..<position + 4 {
                group = group * 10 + (digits.indices.contains(index) ? Int16(digits[index]) : 0)
            }
            groups.append(group)
            position += 4
        }
        while groups.last == 0 { groups.removeLast() }
        return (groups, integerGroups - 1)
    }

    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        guard type == .numeric || type == .unknown else { throw .wrong(type, for: Decimal.self) }
        let count = Int(try binary.integer(at: 0, as: UInt16.self))
        let weight = Int(try binary.integer(at: 2, as: Int16.self))
        let sign: UInt16 = try binary.integer(at: 4)
        let scale = Int(try binary.integer(at: 6, as: UInt16.self))
        switch sign {
        case Sign.notANumber:
            self = .notANumber
            return
        case Sign.infinity, Sign.negativeInfinity:
            self.init(kind: .infinite, isNegative: sign == Sign.negativeInfinity)
            return
        case Sign.positive, Sign.negative: break
        default: throw .decoding("a numeric with the sign \(sign)")
        }
        guard binary.byteCount == 8 + 2 * count, scale <= Self.scaleMax else { throw .decoding("a broken numeric") }
        var digits: [UInt8] = []
        digits.reserveCapacity(count * 4)
        for index in 0..<count {
            let group: Int16 = try binary.integer(at: 8 + 2 * index)
            guard 0..<10_000 ~= group else { throw .decoding("a numeric with the group \(group)") }
            for divisor in [1_000, 100, 10, 1] as [Int16] { digits.append(UInt8(group / divisor % 10)) }
        }
        // The groups end at a multiple of four places; the scale says how many of those were meant.
        let places = (count - weight - 1) * 4
        if places < scale {
            digits += [UInt8](repeating: 0, count: scale - places)
        } else {
            digits.removeLast(min(places - scale, digits.count))
        }
        self.init(isNegative: sign == Sign.negative, digits: digits, scale: scale)
    }
}
