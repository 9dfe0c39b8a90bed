extension JSONNumber {
    /// A number's exact value: ± 0.d₁d₂d₃… × 10^`exponent`, with neither leading nor trailing zeros, so that equal
    /// values have equal parts. Zero has no digits, exponent 0 and no sign.
    struct Decimal: Hashable {
        let isNegative: Bool
        let digits: [UInt8]
        let exponent: Int

        /// The text must be a valid JSON number.
        init(_ text: String) {
            var digits: [UInt8] = []
            var exponent = 0
            var isNegative = false
            var isFraction = false
            var text = text.utf8[...]
            if text.first == Byte.minus {
                isNegative = true
                text.removeFirst()
            }
            scan: for (offset, byte) in text.enumerated() {
                switch byte {
                case Byte.dot: isFraction = true
                case Byte.e, Byte.upperE:
                    exponent += Int(Substring(text.dropFirst(offset + 1))) ?? 0
                    break scan
                default:
                    if byte != Byte.zero || !digits.isEmpty {
                        digits.append(byte - Byte.zero)
                        exponent += isFraction ? 0 : 1
                    } else if isFraction {
                        exponent -= 1
                    }
                }
            }
            while digits.last == 0 { digits.removeLast() }
            self.digits = digits
            self.exponent = digits.isEmpty ? 0 : exponent
            self.isNegative = isNegative && !digits.isEmpty
        }

        var isZero: Bool { digits.isEmpty }

        /// Whether nothing is behind the decimal point.
        var isWhole: Bool { isZero || digits.count <= exponent }

        var integer: Int? {
            // An `Int` has at most 19 digits.
            guard isWhole, exponent <= 19 else { return nil }
            var magnitude: UInt64 = 0
            for place in 0..<exponent {
                magnitude = magnitude * 10 + UInt64(place < digits.count ? digits[place] : 0)
            }
            return Int(exactly: isNegative ? -Int128(magnitude) : Int128(magnitude))
        }

        /// How many digits a divisor may have, so that products of remainders fit 128 bits.
        static let divisorDigitsMost = 18

        func isMultiple(of divisor: Decimal) -> Bool {
            if isZero { return true }
            // The value is `digits` × 10^`shift` divisors' digits.
            let shift = (exponent - digits.count) - (divisor.exponent - divisor.digits.count)
            // Digits that do not end in zero are no multiple of a power of ten.
            guard shift >= 0 else { return false }
            let modulus = divisor.digits.reduce(0 as UInt128) { $0 * 10 + UInt128($1) }
            var remainder = digits.reduce(0) { ($0 * 10 + UInt128($1)) % modulus }
            var power: UInt128 = 10 % modulus
            var remaining = shift
            while remaining > 0 {
                if remaining & 1 == 1 { remainder = remainder * power % modulus }
                power = power * power % modulus
                remaining >>= 1
            }
            return remainder == 0
        }
    }

    var decimal: Decimal { Decimal(text) }
}

extension JSONNumber: Hashable, Comparable {
    public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        switch (left.storage, right.storage) {
        case (.integer(let left), .integer(let right)): left == right
        case (.text(let left), .text(let right)) where left == right: true
        default: left.decimal == right.decimal
        }
    }

    public static func < (left: JSONNumber, right: JSONNumber) -> Bool {
        if case .integer(let left) = left.storage, case .integer(let right) = right.storage { return left < right }
        return left.decimal < right.decimal
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(decimal) }
}

extension JSONNumber.Decimal: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        if left.isZero || right.isZero { return left.isZero && !right.isZero }
        return left.isNegative ? right.magnitudePrecedes(left) : left.magnitudePrecedes(right)
    }

    private func magnitudePrecedes(_ other: Self) -> Bool {
        if exponent != other.exponent { return exponent < other.exponent }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}
