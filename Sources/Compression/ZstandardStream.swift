internal import CZstd

/// Owns a context of libzstd and a buffer for what comes out of it.
// Unchecked and safe: not copyable, so whoever holds it is the only one that reaches the pointers.
@safe struct ZstandardStream: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferBytes, alignment: 1)
    private let isCompressing: Bool

    private static let bufferBytes = 128 << 10
    /// A frame may ask for this much memory to be unpacked in, as a power of two: 8 MiB.
    private static let windowLogMax: Int32 = 23

    enum Direction {
        case compressing(level: Int32)
        case decompressing
    }

    init(_ direction: Direction) throws(Zstandard.Failure) {
        var failure = 0
        switch direction {
        case .compressing(let level):
            guard let made = unsafe ZSTD_createCCtx() else { throw Zstandard.Failure(code: .outOfMemory) }
            failure = unsafe ZSTD_CCtx_setParameter(made, ZSTD_c_compressionLevel, level)
            if ZSTD_isError(failure) == 0 { failure = unsafe ZSTD_CCtx_setParameter(made, ZSTD_c_checksumFlag, 1) }
            unsafe context = made
            isCompressing = true
        case .decompressing:
            guard let made = unsafe ZSTD_createDCtx() else { throw Zstandard.Failure(code: .outOfMemory) }
            failure = unsafe ZSTD_DCtx_setParameter(made, ZSTD_d_windowLogMax, Self.windowLogMax)
            unsafe context = made
            isCompressing = false
        }
        precondition(ZSTD_isError(failure) == 0, "libzstd takes these parameters")
    }

    deinit {
        if isCompressing { unsafe ZSTD_freeCCtx(context) } else { unsafe ZSTD_freeDCtx(context) }
        unsafe buffer.deallocate()
    }

    /// Takes from `input` what one buffer of output needs.
    ///
    /// - Returns: whether the frame is complete.
    mutating func step(
        _ input: inout Span<UInt8>, isLast: Bool, into output: inout [UInt8]
    ) throws(Zstandard.Failure) -> Bool {
        var taken = 0
        var given = 0
        let result = unsafe input.withUnsafeBytes { bytes in
            var source = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            var target = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
            let result =
                isCompressing
                ? unsafe ZSTD_compressStream2(context, &target, &source, isLast ? ZSTD_e_end : ZSTD_e_continue)
                : unsafe ZSTD_decompressStream(context, &target, &source)
            taken = unsafe source.pos
            given = unsafe target.pos
            return result
        }
        if ZSTD_isError(result) != 0 { throw Self.failure(ZSTD_getErrorCode(result)) }
        input = input.extracting(taken...)
        unsafe output.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<given]))
        // When compressing, 0 means that nothing is held back; only the end of the frame is asked for so.
        return result == 0 && (isLast || !isCompressing)
    }

    private static func failure(_ code: ZSTD_ErrorCode) -> Zstandard.Failure {
        switch code {
        case ZSTD_error_memory_allocation: Zstandard.Failure(code: .outOfMemory)
        case ZSTD_error_frameParameter_windowTooLarge: Zstandard.Failure(code: .tooLarge)
        default: Zstandard.Failure(code: .corrupt)
        }
    }
}
