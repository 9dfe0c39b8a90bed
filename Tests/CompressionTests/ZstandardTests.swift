import Compression
import System
import TestSupport
import Testing

@Suite struct ZstandardTests {
    private func text(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 97...105, using: &random) }
    }

    @Test func whatIsCompressedInAnyPiecesComesBack() throws {
        var random = SeededRandom.forTest()
        for size in [0, 1, 17, 4_096, 131_072, 700_001] {
            let bytes = text(size, &random)
            var compressor = try ZstandardCompressor()
            var packed: [UInt8] = []
            var at = 0
            while at < bytes.count {
                let end = min(bytes.count, at + Int.random(in: 1...200_000, using: &random))
                try compressor.compress(bytes.span.extracting(at..<end), into: &packed)
                at = end
            }
            try compressor.finish(into: &packed)

            var decompressor = try ZstandardDecompressor(outputBytesMax: size)
            var unpacked: [UInt8] = []
            at = 0
            while at < packed.count {
                let end = min(packed.count, at + Int.random(in: 1...50_000, using: &random))
                try decompressor.decompress(packed.span.extracting(at..<end), into: &unpacked)
                at = end
            }
            try decompressor.finish()
            #expect(unpacked == bytes)
        }
    }

    @Test func aBombIsStoppedAtTheLimit() throws {
        let bomb = try Zstandard.compress([UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < 16 << 10)
        var decompressor = try ZstandardDecompressor(outputBytesMax: 1 << 20)
        var output: [UInt8] = []
        var failure: Zstandard.Failure?
        do throws(Zstandard.Failure) {
            try decompressor.decompress(bomb.span, into: &output)
        } catch { failure = error }
        #expect(failure?.code == .tooLarge)
        #expect(output.count == 1 << 20)
    }

    @Test func aFlippedBitNeverPassesForTheContent() throws {
        var random = SeededRandom.forTest()
        let bytes = text(20_000, &random)
        let packed = try Zstandard.compress(bytes)
        for _ in 0..<300 {
            var damaged = packed
            let place = Int.random(in: 0..<packed.count, using: &random)
            damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            // A bit that says nothing about the content may stay unseen.
            let unpacked = try? Zstandard.decompress(damaged, outputBytesMax: 1 << 20)
            #expect(unpacked == nil || unpacked == bytes, "byte \(place)")
        }
    }

    @Test func whatIsCutOffOrGoesOnIsRefused() throws {
        let packed = try Zstandard.compress(Array("all of it".utf8))
        for count in 0..<packed.count {
            #expect(throws: Zstandard.Failure.self, "\(count) bytes") {
                try Zstandard.decompress(Array(packed.prefix(count)), outputBytesMax: 100)
            }
        }
        for tail in [[0], packed] {
            #expect(throws: Zstandard.Failure(code: .corrupt)) {
                try Zstandard.decompress(packed + tail, outputBytesMax: 100)
            }
        }
    }

    @Test func theProgramReadsWhatWeWriteAndWeReadItsFiles() async throws {
        let folder = try TemporaryFolder()
        let text = Array(String(repeating: "an event, and another; ", count: 5_000).utf8)
        try Files.replace(folder.path("ours.zst"), with: try Zstandard.compress(text, level: .small))
        try Files.replace(folder.path("plain"), with: text)
        for arguments in [["-q", "-d", folder.path("ours.zst")], ["-q", folder.path("plain")]] {
            let result = try await Program("/usr/bin/zstd", arguments).run()
            #expect(result.exit.isSuccess, "\(result.errorText)")
        }
        #expect(try Files.read(folder.path("ours")) == text)
        let theirs = try Files.read(folder.path("plain.zst"))
        #expect(try Zstandard.decompress(theirs, outputBytesMax: text.count) == text)
    }
}
