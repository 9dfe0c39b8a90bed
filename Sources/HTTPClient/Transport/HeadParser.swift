/// What an answer begins with.
struct Head: Sendable, Equatable {
    var status: Int
    var headers = HTTPClient.Headers()
}

/// Puts an answer's head together from its lines, as libcurl hands them over one by one.
struct HeadParser {
    enum Step: Equatable {
        case more
        /// The final head; interim ones (1xx) were passed over.
        case complete(Head)
        case tooLong
        case broken
    }

    let bytesMax: Int
    private var bytes = 0
    private var head: Head?
    private(set) var isComplete = false

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Takes one line, its line end included. Lines after the head (trailers) are counted and passed over.
    mutating func consume(_ line: UnsafeRawBufferPointer) -> Step {
        bytes += line.count
        guard bytes <= bytesMax else { return .tooLong }
        if isComplete { return .more }
        let text = unsafe Self.trimmed(line[line.startIndex...])
        guard let first = unsafe line.first, unsafe !text.isEmpty else { return finishHead() }
        let isContinuation = first == UInt8(ascii: " ") || first == UInt8(ascii: "\t")
        if unsafe text.starts(with: "HTTP/".utf8), head == nil {
            guard let status = unsafe Self.status(in: text) else { return .broken }
            head = Head(status: status)
        } else if isContinuation {
            head?.headers.extendLast(by: unsafe Self.string(text))
        } else if let colon = unsafe text.firstIndex(of: UInt8(ascii: ":")) {
            let value = unsafe Self.trimmed(text[(colon + 1)...])
            head?.headers.add(unsafe Self.string(text[..<colon]), unsafe Self.string(value))
        }
        return .more
    }

    /// Whether the final answer has begun and its head is not complete.
    var isWithinFinalHead: Bool { !isComplete && (head.map { $0.status >= 200 } ?? false) }

    /// Forgets what came so far but for its size: libcurl asks again on another connection.
    mutating func startOver() { (head, isComplete) = (nil, false) }

    private mutating func finishHead() -> Step {
        guard let finished = head else { return .more }
        if (100..<200).contains(finished.status), finished.status != 101 {
            head = nil
            return .more
        }
        isComplete = true
        return .complete(finished)
    }

    private static func status(in line: Slice<UnsafeRawBufferPointer>) -> Int? {
        let parts = unsafe line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard unsafe parts.count >= 2, let status = unsafe Int(string(parts[1])) else { return nil }
        return (100...999).contains(status) ? status : nil
    }

    private static func trimmed(_ text: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        guard let first = unsafe text.firstIndex(where: { !isBlank($0) }),
            let last = unsafe text.lastIndex(where: { !isBlank($0) })
        else { return unsafe text[text.endIndex...] }
        return unsafe text[first...last]
    }

    private static func string(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        unsafe String(decoding: bytes, as: UTF8.self)
    }
}
