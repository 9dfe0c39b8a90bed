/// Bytes as text and back, strictly by RFC 4648: one text for each sequence of bytes, and no other is accepted. No
/// blanks, no line ends, no missing or extra padding, no stray bits.
public struct TextCoding: Sendable {
    private let bitsPerDigit: Int
    private let alphabet: [UInt8]
    private let isPadded: Bool
    /// The value of each byte as a digit, 0xFF where it is none.
    private let values: [UInt8]

    /// Lower case; upper case is read too.
    public static let hex = TextCoding("0123456789abcdef", alsoReads: "ABCDEF", isPadded: false)
    public static let base64 = TextCoding(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", isPadded: true)
    /// For URLs and file names, without padding.
    public static let base64URL = TextCoding(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", isPadded: false)
    /// The standard alphabet without padding, as password hashes in PHC strings have it.
    public static let base64Unpadded = TextCoding(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", isPadded: false)
    public static let base32 = TextCoding("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", isPadded: true)
    /// What authenticator apps take.
    public static let base32Unpadded = TextCoding("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", isPadded: false)

    private init(_ digits: String, alsoReads capitals: String = "", isPadded: Bool) {
        alphabet = Array(digits.utf8)
        bitsPerDigit = alphabet.count.trailingZeroBitCount
        self.isPadded = isPadded
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
        for capital in capitals.utf8 { values[Int(capital)] = values[Int(capital | 0x20)] }
        self.values = values
    }

    /// How many digits are filled up to with padding: those of the fewest whole bytes.
    private var groupDigits: Int {
        switch bitsPerDigit {
        case 4: 2
        case 5: 8
        default: 4
        }
    }

    public func encode(_ bytes: [UInt8]) -> String { encode(bytes.span) }

    public func encode(_ bytes: Span<UInt8>) -> String {
        let digits = (bytes.count * 8 + bitsPerDigit - 1) / bitsPerDigit
        let length = isPadded ? (digits + groupDigits - 1) / groupDigits * groupDigits : digits
        var text: [UInt8] = []
        text.reserveCapacity(length)
        var (bits, count) = (0, 0)
        for index in bytes.indices {
            (bits, count) = ((bits << 8 | Int(bytes[index])) & 0xFFFF, count + 8)
            while count >= bitsPerDigit {
                count -= bitsPerDigit
                text.append(alphabet[bits >> count & (alphabet.count - 1)])
            }
        }
        if count > 0 { text.append(alphabet[bits << (bitsPerDigit - count) & (alphabet.count - 1)]) }
        while text.count < length { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes, or nil for any text that ``encode(_:)-([UInt8])`` does not write (but for capitals in hex).
    public func decode(_ text: some StringProtocol) -> [UInt8]? {
        var digits = Array(text.utf8)
        if isPadded {
            guard digits.count % groupDigits == 0 else { return nil }
            let length = digits.count
            while digits.last == UInt8(ascii: "=") { digits.removeLast() }
            guard length - digits.count < groupDigits else { return nil }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * bitsPerDigit / 8)
        var (bits, count) = (0, 0)
        for digit in digits {
            let value = values[Int(digit)]
            guard value != 0xFF else { return nil }
            (bits, count) = ((bits << bitsPerDigit | Int(value)) & 0xFFFF, count + bitsPerDigit)
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        // A whole digit to spare is a wrong length; bits to spare have to be zero.
        guard count < bitsPerDigit, bits & (1 << count - 1) == 0 else { return nil }
        return bytes
    }
}
