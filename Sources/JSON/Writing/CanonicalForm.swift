extension JSONValue {
    /// The one spelling for hashing and signing: no spaces, members sorted by their names' UTF-16 code units, the
    /// least escaping.
    ///
    /// This is RFC 8785 but for numbers: theirs are rounded to a `Double` and respelled, ours keep their digits. So
    /// `1.0` and `1` are equal values with different canonical bytes.
    public var canonicalBytes: [UInt8] {
        var writer = JSONWriter()
        writeCanonically(into: &writer)
        return writer.bytes
    }

    private func writeCanonically(into writer: inout JSONWriter) {
        switch self {
        case .array(let elements):
            writer.array(of: elements) { $1.writeCanonically(into: &$0) }
        case .object(let object):
            writer.object {
                for index in object.canonicalOrder {
                    let (name, value) = object[index]
                    $0.field(name) { value.writeCanonically(into: &$0) }
                }
            }
        default:
            encode(into: &writer)
        }
    }
}

extension JSONObject {
    /// The places of the members, sorted by name.
    fileprivate var canonicalOrder: [Int] {
        // Eight bytes of each name, taken once, settle nearly every comparison.
        let beginnings = map(\.key.beginning)
        return indices.sorted { left, right in
            beginnings[left] == beginnings[right]
                ? self[left].key.precedesInUTF16(self[right].key) : beginnings[left] < beginnings[right]
        }
    }
}

extension String {
    /// The first eight bytes as a number that sorts like them.
    fileprivate var beginning: UInt64 {
        let bytes = utf8Span.span
        var beginning: UInt64 = 0
        for index in 0..<8 {
            beginning = beginning << 8 | UInt64(index < bytes.count ? Self.rank(bytes[index]) : 0)
        }
        return beginning
    }

    /// Whether this comes first when compared by UTF-16 code units, found out on the UTF-8 bytes.
    fileprivate func precedesInUTF16(_ other: String) -> Bool {
        let left = utf8Span.span
        let right = other.utf8Span.span
        for index in 0..<Swift.min(left.count, right.count) where left[index] != right[index] {
            return Self.rank(left[index]) < Self.rank(right[index])
        }
        return left.count < right.count
    }

    /// The two orders differ in one thing: UTF-16 puts what lies beyond U+FFFF (first byte 0xF0 and up) before
    /// U+E000…U+FFFF (first byte 0xEE or 0xEF), because it spells the former with surrogates.
    private static func rank(_ byte: UInt8) -> UInt8 {
        byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte
    }
}
