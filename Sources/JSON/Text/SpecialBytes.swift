extension Span<UInt8> {
    /// The first place, from the given one on, of a byte that a JSON string cannot hold as it is: a quote, a backslash
    /// or a control character; `count` when there is none.
    ///
    /// Most of a document is spent here, so eight bytes are looked at together.
    func firstSpecial(from start: Int) -> Int {
        var index = start
        while index + 8 <= count {
            let word = UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            // The top bit of each byte tells; a borrow can only spoil bytes behind the first hit.
            let hits =
                Self.marks(word, below: 0x20) | Self.marks(word, equal: Byte.quote)
                | Self.marks(word, equal: Byte.backslash)
            if hits != 0 { return index + hits.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count, self[index] >= 0x20, self[index] != Byte.quote, self[index] != Byte.backslash {
            index += 1
        }
        return index
    }

    private static func marks(_ word: UInt64, below limit: UInt8) -> UInt64 {
        (word &- ones &* UInt64(limit)) & ~word & (ones &* 0x80)
    }

    private static func marks(_ word: UInt64, equal byte: UInt8) -> UInt64 {
        marks(word ^ (ones &* UInt64(byte)), below: 1)
    }

    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
}

extension [UInt8] {
    /// Appends all bytes with one copy; one by one would take five times as long.
    mutating func append(_ source: Span<UInt8>) {
        unsafe source.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
