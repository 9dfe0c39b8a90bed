/// Packed bodies, written by hand so that the tests need no packing library.
enum Packed {
    /// A hundred times the letter a, as gzip.
    static let hundredBytes: [UInt8] = [
        0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0x02, 0x03, 0x4B, 0x4C, 0xA4, 0x3D, 0, 0, 0x64, 0x7A, 0x70, 0xAF, 0x64, 0, 0,
        0,
    ]

    /// How long ``bomb`` becomes.
    static let bombBytes = 1 + 258 * 40_000

    /// Ten million times the letter a in 65 KB, as zlib's format (RFC 1950): one letter, then again and again "the last
    /// byte 258 times" in the fixed code of RFC 1951.
    static let bomb: [UInt8] = {
        var bits = Bits(bytes: [0x78, 0xDA])
        bits.append(0b011, count: 3, highestFirst: false)
        bits.append(0b1001_0001, count: 8)
        for _ in 0..<40_000 {
            bits.append(0b1100_0101, count: 8)
            bits.append(0, count: 5)
        }
        bits.append(0, count: 7)
        // Adler-32 of so many equal letters, in closed form.
        let (letter, count, prime) = (97, bombBytes, 65_521)
        let low = (1 + count * letter) % prime
        let high = (count + letter * (count * (count + 1) / 2 % prime)) % prime
        return bits.bytes + [high >> 8, high & 0xFF, low >> 8, low & 0xFF].map { UInt8($0) }
    }()

    private struct Bits {
        var bytes: [UInt8]
        private var used = 8

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func append(_ value: Int, count: Int, highestFirst: Bool = true) {
            for index in 0..<count {
                if used == 8 {
                    bytes.append(0)
                    used = 0
                }
                let shift = highestFirst ? count - 1 - index : index
                bytes[bytes.count - 1] |= UInt8(value >> shift & 1) << used
                used += 1
            }
        }
    }
}
