/// Reads a `multipart/form-data` body (RFC 7578) as it arrives, in chunks of any size.
///
/// A pure state machine: push chunks, act on the events. After it threw it takes nothing more.
public struct MultipartParser: Sendable {
    public struct Limits: Sendable {
        public var partCountMax = 100
        /// The headers of one part.
        public var headerBytesMax = 8 << 10
        /// The content of one part.
        public var partBytesMax: Int64 = 256 << 20
        /// The whole body, delimiters and all.
        public var totalBytesMax: Int64 = 512 << 20

        public init() {}
    }

    public enum Event: Sendable, Equatable {
        case partBegan(MultipartPart)
        /// The next bytes of the part, never empty, without a copy where possible.
        case data(ArraySlice<UInt8>)
        case partEnded
        /// All parts are there. Whatever follows is not part of the form.
        case finished
    }

    private enum State {
        case preamble
        /// Behind a delimiter, where `--` would end the body; holds how much padding came.
        case afterDelimiter(padding: Int)
        case headers([UInt8])
        /// Right behind the empty line, whose line break may already be that of a delimiter: then the part is empty.
        case contentStart
        case content(bytes: Int64)
        case epilogue
        case failed(Problem)
    }

    private let delimiter: Delimiter
    private let limits: Limits
    private var state = State.preamble
    /// The end of what came, kept back since a delimiter may begin in it. At first a line break, since the first
    /// delimiter may do without one.
    private var heldBack: [UInt8] = Array("\r\n".utf8)
    private var partCount = 0
    private var totalBytes: Int64 = 0

    /// - Parameter contentType: of the request; it names the boundary.
    public init(contentType: MediaType, limits: Limits = Limits()) throws(Problem) {
        guard contentType.essence == MediaType.multipartForm.essence else {
            throw .unsupportedMediaType(contentType.essence, accepted: [MediaType.multipartForm.essence])
        }
        guard let boundary = contentType.parameter("boundary"), Self.isBoundary(boundary) else {
            throw .malformedMultipart("The `Content-Type` has no usable `boundary` of 1 to 70 characters.")
        }
        delimiter = Delimiter(boundary: boundary)
        self.limits = limits
    }

    public mutating func push(_ chunk: [UInt8]) throws(Problem) -> [Event] {
        if case .failed(let problem) = state { throw problem }
        do throws(Problem) {
            totalBytes += Int64(chunk.count)
            guard totalBytes <= limits.totalBytesMax else {
                throw Problem.payloadTooLarge(limitBytes: Int(limits.totalBytesMax))
            }
            let buffer = heldBack.isEmpty ? chunk : heldBack + chunk
            heldBack = []
            var events: [Event] = []
            var at = 0
            while at < buffer.count { at = try step(buffer, at, &events) }
            return events
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Says that the body is over.
    public mutating func finish() throws(Problem) {
        switch state {
        case .epilogue: return
        case .failed(let problem): throw problem
        default:
            throw .badRequest(
                "The body ends before its last delimiter. Send all of it.", code: "truncated_multipart")
        }
    }

    /// Takes what the present state can use; returns where the rest begins.
    private mutating func step(_ buffer: [UInt8], _ at: Int, _ events: inout [Event]) throws(Problem) -> Int {
        switch state {
        case .preamble, .content: return try searchDelimiter(buffer, at, &events)
        case .afterDelimiter(let padding): return try readDelimiterEnd(buffer, at, padding, &events)
        case .headers(let block): return try readHeaders(buffer, at, block, &events)
        case .contentStart: return startContent(buffer, at, &events)
        case .epilogue, .failed: return buffer.count
        }
    }

    private mutating func searchDelimiter(
        _ buffer: [UInt8], _ at: Int, _ events: inout [Event]
    ) throws(Problem) -> Int {
        let match = delimiter.find(in: buffer.span, from: at)
        let end =
            switch match {
            case .found(let end), .notBefore(let end): end
            }
        if case .content(let bytes) = state {
            let count = bytes + Int64(end - at)
            guard count <= limits.partBytesMax else {
                throw .payloadTooLarge("A part of the form", limitBytes: Int(limits.partBytesMax))
            }
            state = .content(bytes: count)
            if end > at { events.append(.data(buffer[at..<end])) }
        }
        guard case .found = match else {
            heldBack = Array(buffer[end...])
            return buffer.count
        }
        if case .content = state { events.append(.partEnded) }
        state = .afterDelimiter(padding: 0)
        return end + delimiter.bytes.count
    }

    private mutating func readDelimiterEnd(
        _ buffer: [UInt8], _ at: Int, _ padding: Int, _ events: inout [Event]
    ) throws(Problem) -> Int {
        if padding < Self.paddingMax, buffer[at] == UInt8(ascii: " ") || buffer[at] == UInt8(ascii: "\t") {
            state = .afterDelimiter(padding: padding + 1)
            return at + 1
        }
        guard at + 1 < buffer.count else {
            heldBack = [buffer[at]]
            return buffer.count
        }
        if padding == 0, buffer[at] == UInt8(ascii: "-"), buffer[at + 1] == UInt8(ascii: "-") {
            state = .epilogue
            events.append(.finished)
            return buffer.count
        }
        guard buffer[at] == Self.carriageReturn, buffer[at + 1] == Self.lineFeed else {
            throw .malformedMultipart("A delimiter is followed by neither a line break (CR LF) nor `--`.")
        }
        partCount += 1
        guard partCount <= limits.partCountMax else {
            throw Problem(
                .payloadTooLarge, "too_many_parts", "The form has too many parts. Send at most \(limits.partCountMax).")
        }
        state = .headers([])
        return at + 2
    }

    private mutating func readHeaders(
        _ buffer: [UInt8], _ start: Int, _ block: [UInt8], _ events: inout [Event]
    ) throws(Problem) -> Int {
        var block = block
        // Lets go of the state's copy, so that appending does not copy.
        state = .preamble
        for at in start..<buffer.count {
            block.append(buffer[at])
            guard block.count <= limits.headerBytesMax else {
                throw .malformedMultipart("The headers of a part exceed \(limits.headerBytesMax) bytes.")
            }
            guard buffer[at] == Self.lineFeed, Self.isComplete(block) else { continue }
            events.append(.partBegan(try MultipartPart(headerBlock: block)))
            state = .contentStart
            return at + 1
        }
        state = .headers(block)
        return buffer.count
    }

    private mutating func startContent(_ buffer: [UInt8], _ at: Int, _ events: inout [Event]) -> Int {
        let line = delimiter.bytes.dropFirst(2)
        let rest = buffer[at...]
        if rest.starts(with: line) {
            events.append(.partEnded)
            state = .afterDelimiter(padding: 0)
            return at + line.count
        }
        if rest.count < line.count, line.starts(with: rest) {
            heldBack = Array(rest)
            return buffer.count
        }
        state = .content(bytes: 0)
        return at
    }

    private static func isComplete(_ block: [UInt8]) -> Bool {
        block.elementsEqual("\r\n".utf8) || block.suffix(4).elementsEqual("\r\n\r\n".utf8)
    }

    /// What RFC 2046 allows in a boundary.
    private static func isBoundary(_ text: String) -> Bool {
        (1...70).contains(text.utf8.count) && text.utf8.last != UInt8(ascii: " ")
            && text.utf8.allSatisfy { byte in
                HeaderScanner.isLetterOrDigit(byte) || "'()+_,-./:=? ".utf8.contains(byte)
            }
    }

    private static let paddingMax = 32
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")
}
