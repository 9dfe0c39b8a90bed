extension JSONParser {
    /// The number whose first byte is next.
    mutating func number(_ bytes: Span<UInt8>) throws(JSONParseError) -> JSONNumber {
        let start = offset
        var index = offset
        let isNegative = bytes[index] == Byte.minus
        if isNegative { index += 1 }
        let firstDigit = index
        var magnitude: UInt64 = 0
        while index < bytes.count, Byte.zero...Byte.nine ~= bytes[index] {
            magnitude = magnitude &* 10 &+ UInt64(bytes[index] &- Byte.zero)
            index += 1
        }
        offset = index
        let digits = index - firstDigit
        guard digits > 0 else { throw unexpected("a digit", bytes) }
        guard digits == 1 || bytes[firstDigit] != Byte.zero else {
            offset = firstDigit
            throw error(.invalidNumber, "a number must not begin with a needless 0", bytes)
        }
        let isPlain = index == bytes.count || !(bytes[index] == Byte.dot || bytes[index] | 0x20 == Byte.e)
        // Nineteen digits cannot wrap around 64 bits; what they may do is exceed the signed range. "-0" has no integer.
        if isPlain, digits <= 19, magnitude <= Int64.max, !(isNegative && magnitude == 0) {
            let value = Int64(truncatingIfNeeded: magnitude)
            return JSONNumber(storage: .integer(isNegative ? -value : value))
        }
        if !isPlain { try fractionAndExponent(bytes) }
        guard offset - start <= limits.numberBytes else {
            offset = start
            throw error(.numberTooLong, "the number is longer than \(limits.numberBytes) bytes", bytes)
        }
        return JSONNumber(
            storage: .text(
                unsafe String(
                    copying: UTF8Span(
                        unchecked: bytes.extracting(start..<offset), isKnownASCII: true))))
    }

    private mutating func fractionAndExponent(_ bytes: Span<UInt8>) throws(JSONParseError) {
        if bytes[offset] == Byte.dot {
            offset += 1
            try digits(bytes)
        }
        guard offset < bytes.count, bytes[offset] | 0x20 == Byte.e else { return }
        offset += 1
        if offset < bytes.count, bytes[offset] == Byte.plus || bytes[offset] == Byte.minus { offset += 1 }
        let start = offset
        try digits(bytes)
        guard offset - start <= JSONNumber.exponentDigits else {
            offset = start
            throw error(.numberTooLong, "an exponent has at most \(JSONNumber.exponentDigits) digits", bytes)
        }
    }

    private mutating func digits(_ bytes: Span<UInt8>) throws(JSONParseError) {
        let start = offset
        while offset < bytes.count, Byte.zero...Byte.nine ~= bytes[offset] { offset += 1 }
        guard offset > start else { throw unexpected("a digit", bytes) }
    }
}
