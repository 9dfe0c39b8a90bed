/// The gzip format (RFC 1952), whole or in pieces. Equal input gives equal output, so that it can carry an entity tag.
public enum Gzip {
    /// How much time to spend on size.
    public enum Level: Int32, Sendable {
        /// For what is compressed at each request.
        case fastest = 1
        case balanced = 6
        /// For what is compressed once and sent often.
        case smallest = 9
    }

    public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        public struct Code: RawRepresentable, Sendable, Hashable {
            public let rawValue: String
            public init(rawValue: String) { self.rawValue = rawValue }

            /// The bytes are not gzip, or were damaged.
            public static let corrupt = Code(rawValue: "corrupt")
            /// The bytes end before the content does.
            public static let truncated = Code(rawValue: "truncated")
            /// The content is larger than the limit.
            public static let tooLarge = Code(rawValue: "too_large")
            public static let outOfMemory = Code(rawValue: "out_of_memory")
        }

        public let code: Code

        public init(code: Code) { self.code = code }

        public var description: String {
            switch code {
            case .corrupt: "The bytes are not valid gzip. Compress them again."
            case .truncated: "The gzip bytes end too early. Send all of them."
            case .tooLarge: "The content unpacks to more than is allowed. Send less."
            default: "There was not enough memory to compress. Try again later."
            }
        }
    }

    public static func compress(_ bytes: [UInt8], level: Level = .balanced) throws(Failure) -> [UInt8] {
        var compressor = try GzipCompressor(level: level)
        var output: [UInt8] = []
        try compressor.compress(bytes.span, flush: .finish, into: &output)
        return output
    }

    /// - Parameter outputBytesMax: a few kilobytes of gzip can unpack to gigabytes, so a limit is not optional.
    public static func decompress(_ bytes: [UInt8], outputBytesMax: Int) throws(Failure) -> [UInt8] {
        var decompressor = try GzipDecompressor(outputBytesMax: outputBytesMax)
        var output: [UInt8] = []
        try decompressor.decompress(bytes.span, into: &output)
        try decompressor.finish()
        return output
    }
}

/// Compresses a stream piece by piece.
public struct GzipCompressor: ~Copyable, Sendable {
    /// What must have come out when a call returns.
    public enum Flush: Sendable {
        /// Whatever zlib likes: smallest.
        case none
        /// All so far, readable by the receiver: for live streams.
        case sync
        /// All, with the trailer. Nothing may follow.
        case finish
    }

    private var stream: ZlibStream
    private var isFinished = false

    public init(level: Gzip.Level = .balanced) throws(Gzip.Failure) {
        stream = try ZlibStream(.compressing(level: level.rawValue))
    }

    /// Appends to `output` what `bytes` became.
    public mutating func compress(
        _ bytes: Span<UInt8>, flush: Flush = .none, into output: inout [UInt8]
    ) throws(Gzip.Failure) {
        precondition(!isFinished, "a finished gzip stream takes nothing more")
        var rest = bytes
        while true {
            let step = try stream.step(&rest, flush, into: &output)
            // Room left in the buffer means that zlib holds nothing back that it would give out now.
            if step.isAtEnd || (rest.isEmpty && !step.filledBuffer) { break }
        }
        isFinished = flush == .finish
    }
}

/// Unpacks a stream piece by piece, up to a limit.
public struct GzipDecompressor: ~Copyable, Sendable {
    private var stream: ZlibStream
    private var outputBytesLeft: Int
    private var isBetweenMembers = false

    /// - Parameter outputBytesMax: over the whole life of the stream.
    public init(outputBytesMax: Int) throws(Gzip.Failure) {
        stream = try ZlibStream(.decompressing)
        outputBytesLeft = outputBytesMax
    }

    /// Appends to `output` what `bytes` unpack to; never more than the limit.
    public mutating func decompress(_ bytes: Span<UInt8>, into output: inout [UInt8]) throws(Gzip.Failure) {
        var rest = bytes
        while true {
            // A gzip file may be several, one behind the other.
            if isBetweenMembers {
                if rest.isEmpty { return }
                stream.restart()
                isBetweenMembers = false
            }
            let before = output.count
            let step = try stream.step(&rest, .none, into: &output)
            outputBytesLeft -= output.count - before
            if outputBytesLeft < 0 {
                output.removeLast(-outputBytesLeft)
                throw Gzip.Failure(code: .tooLarge)
            }
            if step.isAtEnd { isBetweenMembers = true } else if rest.isEmpty, !step.filledBuffer { return }
        }
    }

    /// Says that all bytes came; refused when the content is not complete.
    public func finish() throws(Gzip.Failure) {
        guard isBetweenMembers else { throw Gzip.Failure(code: .truncated) }
    }
}
