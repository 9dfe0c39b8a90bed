/// An answer as it came over the wire.
public struct RawResponse: Sendable {
    public let status: Int
    public let reason: String
    /// In the order sent, names as sent.
    public let headers: [(name: String, value: String)]
    public internal(set) var body: [UInt8] = []

    /// The value of a header, whatever the case of its name; the first when there are several.
    public subscript(_ name: String) -> String? { values(of: name).first }

    public func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    public var text: String { String(decoding: body, as: UTF8.self) }

    /// Whether another answer follows this one.
    public var isInterim: Bool { 100..<200 ~= status }
}

extension RawResponse {
    /// Reads the status line and the header fields, without the empty line at their end.
    init(head: [UInt8]) throws(RawHTTPError) {
        guard let text = String(validating: head, as: UTF8.self) else { throw .malformed("a head that is not UTF-8") }
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let statusLine = lines.removeFirst()
        let words = statusLine.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, words[0] == "HTTP/1.1" || words[0] == "HTTP/1.0", words[1].utf8.count == 3,
            let status = Int(words[1]), 100..<600 ~= status
        else { throw .malformed("the status line \(String(reflecting: statusLine))") }
        var headers: [(name: String, value: String)] = []
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
                line[..<colon].utf8.allSatisfy({ $0 > 32 && $0 < 127 }),
                !line.utf8.contains(where: { $0 < 32 && $0 != 9 })
            else { throw .malformed("the header \(String(reflecting: line))") }
            let value = line[line.index(after: colon)...]
            headers.append((String(line[..<colon]), String(value.trimmingBlanks)))
        }
        self.status = status
        reason = words.count > 2 ? String(words[2]) : ""
        self.headers = headers
    }

    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
        case untilClose
    }

    /// How the body's end is found.
    func framing(to method: String) throws(RawHTTPError) -> Framing {
        let lengths = values(of: "content-length")
        let codings = values(of: "transfer-encoding")
        if lengths.count > 1 || codings.count > 1 || (!lengths.isEmpty && !codings.isEmpty) {
            throw .malformed("more than one word about the body's length: \(lengths + codings)")
        }
        if method == "HEAD" || isInterim || status == 204 || status == 304 { return .none }
        if let coding = codings.first {
            guard coding.lowercased() == "chunked" else { throw .malformed("the transfer encoding \(coding)") }
            return .chunked
        }
        guard let text = lengths.first else { return .untilClose }
        guard !text.isEmpty, text.utf8.allSatisfy({ 48...57 ~= $0 }), let length = Int(text) else {
            throw .malformed("the content length \(text)")
        }
        return .length(length)
    }

    static func chunkSize(_ line: [UInt8]) throws(RawHTTPError) -> Int {
        let digits = String(decoding: line.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
        // `Int` would take a sign.
        guard digits.utf8.count <= 15, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let size = Int(digits, radix: 16)
        else { throw .malformed("the chunk size \(String(reflecting: digits))") }
        return size
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
