import Testing

@testable import Cryptography

@Suite struct AESGCMTests {
    struct Example: Sendable {
        let key, nonce, data, plaintext, sealed: String
    }

    private static let longKey = String(repeating: "feffe9928665731c6d6a8f9467308308", count: 2)
    private static let longText =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
    private static let longSealed =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"

    /// The AES-256 examples (cases 13 to 16) of the mode's authors, which NIST's validation uses.
    static let examples = [
        Example(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), data: "", plaintext: "",
            sealed: "530f8afbc74536b9a963b4f1c4cb738b"),
        Example(
            key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), data: "",
            plaintext: String(repeating: "00", count: 16),
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
        Example(
            key: longKey, nonce: "cafebabefacedbaddecaf888", data: "", plaintext: longText,
            sealed: longSealed + "b094dac5d93471bdec1a502270e3cc6c"),
        Example(
            key: longKey, nonce: "cafebabefacedbaddecaf888", data: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plaintext: String(longText.dropLast(8)), sealed: longSealed.dropLast(8) + "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    @Test(arguments: examples)
    func theExamplesOfTheStandardHold(example: Example) throws {
        let key = SymmetricKey(bytes(example.key))
        var sealed: [UInt8] = []
        try GCMCipher(key, .seal).seal(
            bytes(example.plaintext).span, nonce: bytes(example.nonce), authenticating: bytes(example.data),
            into: &sealed)
        #expect(hex(sealed) == example.sealed)
        let opened = try AESGCM.open(
            bytes(example.nonce) + sealed, with: key, authenticating: bytes(example.data))
        #expect(hex(opened) == example.plaintext)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1_000])
    func aMessageComesBackAndEveryChangeIsNoticed(length: Int) throws {
        let key = try SymmetricKey.random()
        let message = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try AESGCM.seal(message, with: key, authenticating: [7])
        #expect(sealed.count == length + AESGCM.overheadBytes)
        #expect(try AESGCM.open(sealed, with: key, authenticating: [7]) == message)
        #expect(try AESGCM.seal(message, with: key) != AESGCM.seal(message, with: key))
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 0x80
            #expect(throws: CryptographyError.self) { try AESGCM.open(changed, with: key, authenticating: [7]) }
        }
        for wrong in [[], [8], [7, 7]] as [[UInt8]] {
            #expect(throws: CryptographyError.self) { try AESGCM.open(sealed, with: key, authenticating: wrong) }
        }
        #expect(throws: CryptographyError.self) { try AESGCM.open(sealed, with: .random(), authenticating: [7]) }
        for length in 0..<AESGCM.overheadBytes {
            #expect(throws: CryptographyError.self) { try AESGCM.open(Array(sealed.prefix(length)), with: key) }
        }
    }
}

@Suite struct SealedStreamTests {
    static let chunk = 100
    let key = SymmetricKey(Array(0..<32))

    static func message(_ length: Int) -> [UInt8] {
        (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    func failure(_ sealed: [UInt8], key: SymmetricKey? = nil, context: String = "test") -> CryptographyError.Code? {
        do throws(CryptographyError) {
            _ = try SealedStream.open(sealed, with: key ?? self.key, context: context)
            return nil
        } catch { return error.code }
    }

    /// A sealed stream, taken apart into header and chunks.
    func pieces(_ length: Int) throws -> [[UInt8]] {
        let sealed = try SealedStream.seal(
            Self.message(length), with: key, context: "test", chunkBytes: Self.chunk)
        var pieces = [Array(sealed.prefix(60))]
        var at = 60
        while at < sealed.count {
            pieces.append(Array(sealed[at..<min(at + Self.chunk + 16, sealed.count)]))
            at += Self.chunk + 16
        }
        return pieces
    }

    @Test(arguments: [0, 1, 99, 100, 101, 199, 200, 201, 1_000], [1, 7, 60, 116, 5_000])
    func anyLengthComesBackInAnyPieces(length: Int, piece: Int) throws {
        var writer = try SealedStreamWriter(key: key, context: "test", chunkBytes: Self.chunk)
        let message = Self.message(length)
        var sealed: [UInt8] = []
        for start in stride(from: 0, to: length, by: piece) {
            sealed += try writer.write(message.span.extracting(start..<min(start + piece, length)))
        }
        sealed += try writer.finish()
        let chunks = max(1, (length + Self.chunk - 1) / Self.chunk)
        #expect(sealed.count == 60 + length + 16 * chunks)

        var reader = SealedStreamReader(key: key, context: "test")
        var opened: [UInt8] = []
        for start in stride(from: 0, to: sealed.count, by: piece) {
            opened += try reader.read(sealed.span.extracting(start..<min(start + piece, sealed.count)))
        }
        opened += try reader.finish()
        #expect(opened == message)
    }

    @Test func everyFlippedBitIsNoticed() throws {
        let sealed = try SealedStream.seal(Self.message(250), with: key, context: "test", chunkBytes: Self.chunk)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1 << (index % 8)
            let code = try #require(failure(changed), "byte \(index)")
            let expected: [CryptographyError.Code] = index < 8 ? [.malformed] : index < 60 ? [.wrongKey] : [.damaged]
            #expect(expected.contains(code), "byte \(index): \(code)")
        }
    }

    @Test func everyMissingEndIsNoticed() throws {
        for length in [0, 100, 250] {
            let sealed = try SealedStream.seal(Self.message(length), with: key, context: "test", chunkBytes: Self.chunk)
            for end in 0..<sealed.count {
                let code = try #require(failure(Array(sealed.prefix(end))), "cut at \(end) of \(sealed.count)")
                #expect([.truncated, .damaged].contains(code))
            }
        }
        // Cut exactly between two chunks: the one that is there is genuine, but not the last.
        let pieces = try pieces(250)
        #expect(failure(pieces.dropLast().flatMap { $0 }) == .truncated)
        #expect(failure(pieces[0]) == .truncated)
        #expect(failure([]) == .truncated)
    }

    @Test func movedDoubledAndForeignChunksAreNoticed() throws {
        let pieces = try pieces(450)
        #expect(pieces.count == 6)
        for first in 1..<pieces.count {
            for second in 1..<pieces.count where first != second {
                var swapped = pieces
                swapped.swapAt(first, second)
                #expect(failure(swapped.flatMap { $0 }) == .damaged, "\(first) and \(second) swapped")
            }
            var doubled = pieces
            doubled.insert(pieces[first], at: first)
            #expect(failure(doubled.flatMap { $0 }) == .damaged, "\(first) doubled")
            var missing = pieces
            missing.remove(at: first)
            #expect(failure(missing.flatMap { $0 }) != nil, "\(first) missing")
            var foreign = pieces
            foreign[first] = try self.pieces(450)[first]
            #expect(failure(foreign.flatMap { $0 }) == .damaged, "\(first) of another stream")
        }
        #expect(failure(pieces.flatMap { $0 } + [0]) == .damaged)
        #expect(failure(pieces.flatMap { $0 } + pieces.flatMap { $0 }) == .damaged)
    }

    @Test func aWrongKeyOrContextIsToldFromDamage() throws {
        let sealed = try SealedStream.seal([1, 2, 3], with: key, context: "test")
        #expect(failure(sealed) == nil)
        #expect(failure(sealed, key: try .random()) == .wrongKey)
        #expect(failure(sealed, context: "other") == .wrongKey)
        #expect(failure(Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 100)) == .malformed)
    }

    @Test func aFailedReaderStaysFailed() throws {
        var pieces = try pieces(250)
        pieces[1][0] ^= 1
        var reader = SealedStreamReader(key: key, context: "test")
        let damaged = pieces.flatMap { $0 }
        #expect(throws: CryptographyError.self) { try reader.read(damaged.span) }
        #expect(throws: CryptographyError.self) { try reader.read([UInt8]().span) }
        do throws(CryptographyError) {
            _ = try reader.finish()
            Issue.record("a failed reader finished")
        } catch { #expect(error.code == .damaged) }
    }

    @Test func twoStreamsShareNothing() throws {
        let streams = try (0..<2).map { _ in try SealedStream.seal(Self.message(64), with: key) }
        #expect(streams[0].dropFirst(12).prefix(32) != streams[1].dropFirst(12).prefix(32))
        #expect(streams[0].dropFirst(60) != streams[1].dropFirst(60))
    }

    /// Written once and kept, so that streams sealed today can be opened by every later version.
    @Test func theFormatStaysReadable() throws {
        let header = try SealedStreamHeader(key: key, context: "kept", chunkBytes: 4, salt: Array(100..<132))
        var sealed = header.bytes
        let cipher = try GCMCipher(header.key, .seal)
        try cipher.seal(Array("seal".utf8).span, nonce: header.nonce(0, isLast: false), into: &sealed)
        try cipher.seal(Array("ed".utf8).span, nonce: header.nonce(1, isLast: true), into: &sealed)
        #expect(hex(sealed) == Self.kept)
        #expect(try SealedStream.open(bytes(Self.kept), with: key, context: "kept") == Array("sealed".utf8))
    }

    static let kept =
        "4c4f5345414c0100000000046465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80818283015a8ce3"
        + "285e67f414ca6fcf06c02057f16567a3079fefdacc2dac159b3f14a41f8b2e420e92d9488139d8481ac11cd7c3f0faca"
        + "52ca"
}
