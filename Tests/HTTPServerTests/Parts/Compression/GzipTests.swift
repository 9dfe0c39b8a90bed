import HTTPServer
import TestSupport
import Testing

@Suite struct GzipTests {
    private static let seed = UInt64.random(in: 0 ... .max)

    private func randomBytes(_ count: Int, alphabet: Int, _ generator: inout SeededRandom) -> [UInt8] {
        (0..<count).map { _ in UInt8(Int.random(in: 0..<alphabet, using: &generator)) }
    }

    @Test(arguments: [0, 1, 2, 100, 16_383, 16_384, 16_385, 300_000], [2, 256])
    func whatIsCompressedComesBack(count: Int, alphabet: Int) throws {
        var generator = SeededRandom(seed: Self.seed)
        let bytes = randomBytes(count, alphabet: alphabet, &generator)
        for level in [Gzip.Level.fastest, .balanced, .smallest] {
            let packed = try Gzip.compress(bytes, level: level)
            #expect(try Gzip.decompress(packed, outputBytesMax: count) == bytes, "seed \(Self.seed)")
        }
    }

    @Test func equalInputGivesEqualOutput() throws {
        let bytes = Array("The same, and again the same.".utf8)
        let packed = try Gzip.compress(bytes)
        #expect(try Gzip.compress(bytes) == packed)
        #expect(packed[4..<8] == [0, 0, 0, 0], "the time in the header must stay zero")
    }

    @Test func piecesOfAnySizeGiveTheSameContent() throws {
        var generator = SeededRandom(seed: Self.seed)
        let bytes = randomBytes(100_000, alphabet: 16, &generator)
        var compressor = try GzipCompressor()
        var packed: [UInt8] = []
        var at = 0
        while at < bytes.count {
            let end = min(bytes.count, at + Int.random(in: 0...9_000, using: &generator))
            let flush = Bool.random(using: &generator) ? GzipCompressor.Flush.none : .sync
            try compressor.compress(bytes.span.extracting(at..<end), flush: flush, into: &packed)
            at = end
        }
        try compressor.compress([UInt8]().span, flush: .finish, into: &packed)
        var decompressor = try GzipDecompressor(outputBytesMax: bytes.count)
        var unpacked: [UInt8] = []
        at = 0
        while at < packed.count {
            let end = min(packed.count, at + Int.random(in: 0...700, using: &generator))
            try decompressor.decompress(packed.span.extracting(at..<end), into: &unpacked)
            at = end
        }
        try decompressor.finish()
        #expect(unpacked == bytes, "seed \(Self.seed)")
    }

    @Test func aSyncFlushLetsTheReceiverReadAllSoFar() throws {
        var compressor = try GzipCompressor()
        var decompressor = try GzipDecompressor(outputBytesMax: 100)
        for line in ["data: 1\n\n", "data: 2\n\n"] {
            var packed: [UInt8] = []
            var unpacked: [UInt8] = []
            try compressor.compress(Array(line.utf8).span, flush: .sync, into: &packed)
            try decompressor.decompress(packed.span, into: &unpacked)
            #expect(String(decoding: unpacked, as: UTF8.self) == line)
        }
    }

    @Test func aBombStopsAtTheLimit() throws {
        let packed = try Gzip.compress([UInt8](repeating: 0, count: 20_000_000), level: .smallest)
        #expect(packed.count < 25_000)
        var decompressor = try GzipDecompressor(outputBytesMax: 1_000)
        var unpacked: [UInt8] = []
        #expect(throws: Gzip.Failure(code: .tooLarge)) { try decompressor.decompress(packed.span, into: &unpacked) }
        #expect(unpacked.count == 1_000)
        #expect(throws: Gzip.Failure(code: .tooLarge)) { try Gzip.decompress(packed, outputBytesMax: 19_999_999) }
        #expect(try Gzip.decompress(packed, outputBytesMax: 20_000_000).count == 20_000_000)
    }

    @Test func severalMembersAreOneContent() throws {
        let packed = try Gzip.compress(Array("one ".utf8)) + Gzip.compress(Array("two".utf8))
        #expect(try Gzip.decompress(packed, outputBytesMax: 100) == Array("one two".utf8))
    }

    @Test func everyTruncationIsNoticed() throws {
        let packed = try Gzip.compress(Array("Cut me anywhere, and it shows.".utf8))
        for count in 0..<packed.count {
            #expect(throws: Gzip.Failure(code: .truncated)) {
                try Gzip.decompress(Array(packed[..<count]), outputBytesMax: 100)
            }
        }
    }

    @Test func garbageIsCorrupt() throws {
        #expect(throws: Gzip.Failure(code: .corrupt)) { try Gzip.decompress(Array("plain".utf8), outputBytesMax: 9) }
        let packed = try Gzip.compress(Array("x".utf8))
        #expect(throws: Gzip.Failure(code: .corrupt)) { try Gzip.decompress(packed + [1, 2, 3], outputBytesMax: 9) }
        #expect(throws: Gzip.Failure(code: .truncated)) { try Gzip.decompress(packed + [0x1F], outputBytesMax: 9) }
    }

    @Test func damagedBytesNeverYieldMoreThanTheLimit() throws {
        var generator = SeededRandom(seed: Self.seed)
        let packed = try Gzip.compress(randomBytes(2_000, alphabet: 20, &generator))
        for _ in 0..<2_000 {
            var damaged = packed
            damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^= UInt8.random(
                in: 1...255, using: &generator)
            let unpacked = try? Gzip.decompress(damaged, outputBytesMax: 2_000)
            #expect(unpacked?.count ?? 0 <= 2_000, "seed \(Self.seed)")
        }
    }
}
