/// Seals bytes of any length, a piece at a time: whatever a call returns is written to the file, in order.
///
///     var writer = try SealedStreamWriter(key: key)
///     while let piece = next() { file.write(try writer.write(piece)) }
///     file.write(try writer.finish())
///
/// Without ``finish()`` the stream counts as cut short.
public struct SealedStreamWriter: ~Copyable, Sendable {
    private let header: SealedStreamHeader
    private let cipher: GCMCipher
    /// What is not sealed yet. A full chunk waits too, since it may turn out to be the last.
    private var pending: [UInt8] = []
    private var number: UInt32 = 0
    private var hasWrittenHeader = false

    /// - Parameters:
    ///   - key: 32 bytes are usual, fewer than 16 are refused.
    ///   - context: what the stream is, such as `backup 0197a1b2`; opening needs the same.
    ///   - chunkBytes: how much is sealed together, 64 KiB by default; each chunk costs 16 bytes.
    public init(
        key: SymmetricKey, context: String = "", chunkBytes: Int = SealedStream.chunkBytes
    ) throws(CryptographyError) {
        precondition(1...SealedStream.chunkBytesMax ~= chunkBytes, "a chunk has 1 byte to 16 MiB")
        precondition(key.byteCount >= 16, "a stream's key has at least 16 bytes")
        let header = try SealedStreamHeader.random(key: key, context: context, chunkBytes: chunkBytes)
        cipher = try GCMCipher(header.key, .seal)
        self.header = header
    }

    /// Takes the next bytes and gives what is sealed by now, often nothing.
    public mutating func write(_ plaintext: Span<UInt8>) throws(CryptographyError) -> [UInt8] {
        var output = takeHeader()
        var at = 0
        while at < plaintext.count {
            if pending.count == header.chunkBytes { try sealChunk(isLast: false, into: &output) }
            let count = min(header.chunkBytes - pending.count, plaintext.count - at)
            unsafe plaintext.extracting(at..<at + count).withUnsafeBufferPointer {
                unsafe pending.append(contentsOf: $0)
            }
            at += count
        }
        return output
    }

    /// Seals the rest and marks the end.
    public consuming func finish() throws(CryptographyError) -> [UInt8] {
        var output = takeHeader()
        try sealChunk(isLast: true, into: &output)
        return output
    }

    private mutating func takeHeader() -> [UInt8] {
        defer { hasWrittenHeader = true }
        return hasWrittenHeader ? [] : header.bytes
    }

    private mutating func sealChunk(isLast: Bool, into output: inout [UInt8]) throws(CryptographyError) {
        guard number < SealedStream.chunksMax else {
            throw CryptographyError(.tooLarge, "a sealed stream ends after \(number) chunks; choose larger chunks")
        }
        try cipher.seal(pending.span, nonce: header.nonce(number, isLast: isLast), into: &output)
        number += 1
        pending.removeAll(keepingCapacity: true)
    }
}
