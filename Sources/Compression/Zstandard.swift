/// The Zstandard format (RFC 8878): one frame with a checksum, which the program `zstd` reads too.
public enum Zstandard {
    /// How much time to spend on size.
    public enum Level: Int32, Sendable {
        case fastest = 1
        /// Hundreds of megabytes a second on one core: for what is made at the speed of a disk.
        case balanced = 3
        /// For what is compressed once and kept for years.
        case small = 12
    }

    /// Why bytes could not be compressed or unpacked.
    public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        public struct Code: RawRepresentable, Sendable, Hashable {
            public let rawValue: String
            public init(rawValue: String) { self.rawValue = rawValue }

            /// The bytes are not Zstandard, were damaged, or go on behind their end.
            public static let corrupt = Code(rawValue: "corrupt")
            /// The bytes end before the content does.
            public static let truncated = Code(rawValue: "truncated")
            /// The content is larger than the limit, or wants more memory to unpack than is allowed.
            public static let tooLarge = Code(rawValue: "too_large")
            public static let outOfMemory = Code(rawValue: "out_of_memory")
        }

        public let code: Code

        public init(code: Code) { self.code = code }

        public var description: String {
            switch code {
            case .corrupt: "the bytes are not valid Zstandard; take another copy"
            case .truncated: "the Zstandard bytes end too early; take another copy"
            case .tooLarge: "the content unpacks to more than is allowed"
            default: "there was not enough memory to compress; try again later"
            }
        }
    }

    public static func compress(_ bytes: [UInt8], level: Level = .balanced) throws(Failure) -> [UInt8] {
        var compressor = try ZstandardCompressor(level: level)
        var output: [UInt8] = []
        try compressor.compress(bytes.span, into: &output)
        try compressor.finish(into: &output)
        return output
    }

    /// - Parameter outputBytesMax: a few kilobytes can unpack to gigabytes, so a limit is not optional.
    public static func decompress(_ bytes: [UInt8], outputBytesMax: Int) throws(Failure) -> [UInt8] {
        var decompressor = try ZstandardDecompressor(outputBytesMax: outputBytesMax)
        var output: [UInt8] = []
        try decompressor.decompress(bytes.span, into: &output)
        try decompressor.finish()
        return output
    }
}

/// Compresses a stream piece by piece. Without ``finish(into:)`` it counts as cut short.
public struct ZstandardCompressor: ~Copyable, Sendable {
    private var stream: ZstandardStream
    private var isFinished = false

    public init(level: Zstandard.Level = .balanced) throws(Zstandard.Failure) {
        stream = try ZstandardStream(.compressing(level: level.rawValue))
    }

    /// Appends to `output` what is compressed by now, often nothing.
    public mutating func compress(_ bytes: Span<UInt8>, into output: inout [UInt8]) throws(Zstandard.Failure) {
        precondition(!isFinished, "a finished Zstandard stream takes nothing more")
        var rest = bytes
        while !rest.isEmpty { _ = try stream.step(&rest, isLast: false, into: &output) }
    }

    /// Appends the rest and the checksum.
    public mutating func finish(into output: inout [UInt8]) throws(Zstandard.Failure) {
        precondition(!isFinished, "a Zstandard stream is finished once")
        isFinished = true
        var nothing = Span<UInt8>()
        while !(try stream.step(&nothing, isLast: true, into: &output)) {}
    }
}

/// Unpacks one frame piece by piece, up to a limit.
public struct ZstandardDecompressor: ~Copyable, Sendable {
    private var stream: ZstandardStream
    private var outputBytesLeft: Int
    private var isAtEnd = false

    /// - Parameter outputBytesMax: over the whole life of the stream.
    public init(outputBytesMax: Int) throws(Zstandard.Failure) {
        stream = try ZstandardStream(.decompressing)
        outputBytesLeft = outputBytesMax
    }

    /// Appends to `output` what the bytes unpack to; never more than the limit.
    public mutating func decompress(_ bytes: Span<UInt8>, into output: inout [UInt8]) throws(Zstandard.Failure) {
        var rest = bytes
        while true {
            if isAtEnd {
                // Another frame, or dirt: neither was written by us.
                guard rest.isEmpty else { throw Zstandard.Failure(code: .corrupt) }
                return
            }
            let before = output.count
            let left = rest.count
            isAtEnd = try stream.step(&rest, isLast: false, into: &output)
            outputBytesLeft -= output.count - before
            if outputBytesLeft < 0 {
                output.removeLast(-outputBytesLeft)
                throw Zstandard.Failure(code: .tooLarge)
            }
            // Nothing taken and nothing given: the library waits for more.
            if !isAtEnd, rest.count == left, output.count == before { return }
        }
    }

    /// Says that all bytes came; refused when the content is not complete.
    public func finish() throws(Zstandard.Failure) {
        guard isAtEnd else { throw Zstandard.Failure(code: .truncated) }
    }
}
