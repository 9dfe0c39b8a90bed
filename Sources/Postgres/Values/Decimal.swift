/// A number with every digit kept, as PostgreSQL's `numeric`: also how many digits are behind the point.
///
/// Equal numbers are equal whatever their scale (`1.0 == 1.00`), as on the server. No arithmetic: the server does that.
public struct Decimal: Sendable {
    enum Kind: Sendable, Equatable { case finite, notANumber, infinite }

    let kind: Kind
    let isNegative: Bool
    /// Decimal digits 0…9 without leading zeros; empty for zero.
    let digits: [UInt8]
    /// How many of the number's decimal places are kept; `digits` ends that far behind the point.
    public let scale: Int

    init(kind: Kind = .finite, isNegative: Bool, digits: [UInt8] = [], scale: Int = 0) {
        let significant = digits.drop { $0 == 0 }
        self.kind = kind
        self.digits = Array(significant)
        self.isNegative = isNegative && (kind == .infinite || (kind == .finite && !significant.isEmpty))
        self.scale = scale
    }

    /// The server's limits: digits before and behind the point.
    public static let integerDigitsMax = 131_072
    public static let scaleMax = 16_383

    public static let notANumber = Decimal(kind: .notANumber, isNegative: false)

    public init(_ integer: Int) {
        self.init(isNegative: integer < 0, digits: String(integer.magnitude).utf8.map { $0 - UInt8(ascii: "0") })
    }

    public var isFinite: Bool { kind == .finite }

    /// Digits before the point; negative where zeros follow the point.
    var integerDigitCount: Int { digits.count - scale }
}

extension Decimal: LosslessStringConvertible {
    /// Plain digits, never an exponent; `NaN`, `Infinity` and `-Infinity` for what is not finite.
    public var description: String {
        switch kind {
        case .notANumber: return "NaN"
        case .infinite: return isNegative ? "-Infinity" : "Infinity"
        case .finite: break
        }
        let missing = max(0, scale + 1 - digits.count)
        let padded = [UInt8](repeating: 0, count: missing) + digits
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        for (index, digit) in padded.enumerated() {
            if index == padded.count - scale { text.append(UInt8(ascii: ".")) }
            text.append(UInt8(ascii: "0") + digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Takes a JSON-like number, also with an exponent, and `NaN`, `Infinity`, `-Infinity`; anything else is `nil`.
    public init?(_ text: String) {
        switch text {
        case "NaN": self = .notANumber
        case "Infinity": self.init(kind: .infinite, isNegative: false)
        case "-Infinity": self.init(kind: .infinite, isNegative: true)
        default:
            var digits: [UInt8] = []
            var scale = 0
            var hasPoint = false
            var rest = Substring(text).utf8
            let isNegative = rest.first == UInt8(ascii: "-")
            if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
            while let byte = rest.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
                rest.removeFirst()
                if byte == UInt8(ascii: "."), !hasPoint {
                    hasPoint = true
                    continue
                }
                guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
                digits.append(byte - UInt8(ascii: "0"))
                if hasPoint { scale += 1 }
            }
            guard !digits.isEmpty else { return nil }
            if !rest.isEmpty {
                guard let exponent = Int(Substring(rest.dropFirst())), abs(exponent) <= Self.integerDigitsMax else {
                    return nil
                }
                scale -= exponent
            }
            if scale < 0 {
                digits += [UInt8](repeating: 0, count: -scale)
                scale = 0
            }
            self.init(isNegative: isNegative, digits: digits, scale: scale)
            guard scale <= Self.scaleMax, integerDigitCount <= Self.integerDigitsMax else { return nil }
        }
    }
}

extension Decimal: Comparable, Hashable {
    public static func == (left: Decimal, right: Decimal) -> Bool { left.compare(right) == 0 }

    public static func < (left: Decimal, right: Decimal) -> Bool { left.compare(right) < 0 }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(isNegative)
        hasher.combine(kind)
        hasher.combine(digits.isEmpty ? 0 : integerDigitCount)
        hasher.combine(significantDigits)
    }

    /// Without trailing zeros, which only the scale explains.
    private var significantDigits: ArraySlice<UInt8> {
        digits[..<(digits.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0)]
    }

    /// The server's order: -Infinity, numbers, Infinity, NaN, which equals itself.
    private func compare(_ other: Decimal) -> Int {
        if rank != other.rank { return rank < other.rank ? -1 : 1 }
        guard kind == .finite else { return 0 }
        let magnitude = compareMagnitude(other)
        return isNegative ? -magnitude : magnitude
    }

    /// Where on the line it lies: -Infinity, below zero, zero, above zero, Infinity, NaN.
    private var rank: Int {
        switch kind {
        case .notANumber: 3
        case .infinite: isNegative ? -2 : 2
        case .finite: digits.isEmpty ? 0 : isNegative ? -1 : 1
        }
    }

    private func compareMagnitude(_ other: Decimal) -> Int {
        if integerDigitCount != other.integerDigitCount, !digits.isEmpty {
            return integerDigitCount < other.integerDigitCount ? -1 : 1
        }
        let (left, right) = (significantDigits, other.significantDigits)
        if left == right { return 0 }
        return left.lexicographicallyPrecedes(right) ? -1 : 1
    }
}
