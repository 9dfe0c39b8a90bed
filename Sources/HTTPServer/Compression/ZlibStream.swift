internal import CZlib

/// Owns one `z_stream` and a buffer for what comes out of it.
@safe struct ZlibStream: ~Copyable, @unchecked Sendable {
    // Unchecked and safe: not copyable, so whoever holds it is the only one that reaches the two pointers.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.bufferBytes)
    private let direction: Direction

    private static let bufferBytes = 16 << 10

    enum Direction {
        case compressing(level: Int32)
        case decompressing
    }

    struct Step {
        /// The content is complete.
        var isAtEnd: Bool
        /// There may be more to come out than the buffer could hold.
        var filledBuffer: Bool
    }

    init(_ direction: Direction) throws(Gzip.Failure) {
        self.direction = direction
        // zlib keeps the address of its stream, hence the allocation.
        unsafe stream.initialize(to: z_stream())
        let result =
            switch direction {
            case .compressing(let level): unsafe lifeos_gzip_start(stream, level)
            case .decompressing: unsafe lifeos_gunzip_start(stream)
            }
        guard result == Z_OK else { throw Gzip.Failure(code: .outOfMemory) }
    }

    deinit {
        // Ending a stream that never started is harmless: zlib checks its state.
        switch direction {
        case .compressing: unsafe deflateEnd(stream)
        case .decompressing: unsafe inflateEnd(stream)
        }
        unsafe buffer.deallocate()
        unsafe stream.deallocate()
    }

    /// Makes a decompressing stream ready for another gzip member.
    mutating func restart() { unsafe inflateReset(stream) }

    /// Takes from `input` what one buffer of output needs.
    mutating func step(
        _ input: inout Span<UInt8>, _ flush: GzipCompressor.Flush, into output: inout [UInt8]
    ) throws(Gzip.Failure) -> Step {
        let offered = input.extracting(first: Int(UInt32.max))
        // zlib may finish only when it has been offered the last of the input.
        let mode = offered.count < input.count ? Z_NO_FLUSH : flush.mode
        let result = unsafe offered.withUnsafeBufferPointer { bytes in
            unsafe stream.pointee.next_in = bytes.baseAddress
            unsafe stream.pointee.avail_in = UInt32(bytes.count)
            unsafe stream.pointee.next_out = buffer.baseAddress
            unsafe stream.pointee.avail_out = UInt32(buffer.count)
            return switch direction {
            case .compressing: unsafe deflate(stream, mode)
            case .decompressing: unsafe inflate(stream, Z_NO_FLUSH)
            }
        }
        let (inputLeft, outputLeft) = unsafe (Int(stream.pointee.avail_in), Int(stream.pointee.avail_out))
        input = input.extracting((offered.count - inputLeft)...)
        unsafe output.append(contentsOf: buffer.prefix(buffer.count - outputLeft))
        switch result {
        // Z_BUF_ERROR only says that nothing could be done without more input or room.
        case Z_OK, Z_BUF_ERROR: return Step(isAtEnd: false, filledBuffer: outputLeft == 0)
        case Z_STREAM_END: return Step(isAtEnd: true, filledBuffer: outputLeft == 0)
        case Z_MEM_ERROR: throw Gzip.Failure(code: .outOfMemory)
        default: throw Gzip.Failure(code: .corrupt)
        }
    }
}

extension GzipCompressor.Flush {
    fileprivate var mode: Int32 {
        switch self {
        case .none: Z_NO_FLUSH
        case .sync: Z_SYNC_FLUSH
        case .finish: Z_FINISH
        }
    }
}
