/// Opens a sealed stream, a piece at a time.
///
/// Every byte it gives was sealed with this key, in this place. Whether the *end* is genuine only ``finish()`` knows:
/// do not act on the whole before it returned.
public struct SealedStreamReader: ~Copyable, Sendable {
    private let key: SymmetricKey
    private let context: String
    /// Nil until the header has come.
    private var opened: (header: SealedStreamHeader, cipher: GCMCipher)?
    /// What has come but is not opened yet. A full chunk waits for the byte behind it, since the last one looks alike.
    private var pending: [UInt8] = []
    private var number: UInt32 = 0
    private var failure: CryptographyError?

    public init(key: SymmetricKey, context: String = "") {
        self.key = key
        self.context = context
    }

    /// Takes the next sealed bytes and gives what is opened by now, often nothing. After an error it gives nothing
    /// more.
    public mutating func read(_ sealed: Span<UInt8>) throws(CryptographyError) -> [UInt8] {
        if let failure { throw failure }
        var output: [UInt8] = []
        do throws(CryptographyError) {
            var at = 0
            while at < sealed.count {
                if pending.count == pendingBytesMax { try takePending(into: &output) }
                let count = min(pendingBytesMax - pending.count, sealed.count - at)
                unsafe sealed.extracting(at..<at + count).withUnsafeBufferPointer {
                    unsafe pending.append(contentsOf: $0)
                }
                at += count
            }
        } catch {
            failure = error
            throw error
        }
        return output
    }

    /// Opens the rest, and throws unless it is the genuine end.
    public consuming func finish() throws(CryptographyError) -> [UInt8] {
        if let failure { throw failure }
        var output: [UInt8] = []
        if opened == nil, pending.count == SealedStream.headerBytes { try takePending(into: &output) }
        guard let (header, cipher) = opened, pending.count >= GCMCipher.tagBytes else { throw cutShort() }
        if try cipher.open(pending.span, nonce: header.nonce(number, isLast: true), into: &output) { return output }
        // A whole chunk that is genuine but not the last one: the rest is missing.
        let isWhole = try cipher.open(pending.span, nonce: header.nonce(number, isLast: false), into: &output)
        if isWhole { throw cutShort() }
        throw CryptographyError(
            .damaged, "the end of the sealed stream, chunk \(number), was changed or cut; take another copy")
    }

    private var pendingBytesMax: Int {
        opened.map { $0.header.chunkBytes + GCMCipher.tagBytes } ?? SealedStream.headerBytes
    }

    /// Reads the header, or opens a chunk that something follows.
    private mutating func takePending(into output: inout [UInt8]) throws(CryptographyError) {
        defer { pending.removeAll(keepingCapacity: true) }
        guard let (header, cipher) = opened else {
            let header = try SealedStreamHeader(reading: pending, key: key, context: context)
            opened = (header, try GCMCipher(header.key, .open))
            return
        }
        guard try cipher.open(pending.span, nonce: header.nonce(number, isLast: false), into: &output),
            number < SealedStream.chunksMax
        else { throw damaged() }
        number += 1
    }

    private func damaged() -> CryptographyError {
        CryptographyError(.damaged, "chunk \(number) of the sealed stream was changed or moved; take another copy")
    }

    private func cutShort() -> CryptographyError {
        CryptographyError(.truncated, "the sealed stream ends too early, in chunk \(number); take another copy")
    }
}
