/// One thing wrong with a value, said to whoever sent it.
public struct JSONProblem: Hashable, Sendable {
    /// Where in the document.
    public let pointer: JSONPointer
    /// The rule broken, by its JSON Schema keyword: `type`, `required`, `maximum` …
    public let keyword: String
    /// What to do, as the end of a sentence that begins with the place: "must be a string, not null".
    public let message: String

    public init(pointer: JSONPointer = .root, keyword: String, message: String) {
        self.pointer = pointer
        self.keyword = keyword
        self.message = message
    }
}

extension JSONProblem: CustomStringConvertible, JSONEncodable {
    /// Such as `/age must be at least 0`.
    public var description: String {
        "\(pointer.tokens.isEmpty ? "the document" : pointer.description) \(message)"
    }

    public func encode(into writer: inout JSONWriter) {
        writer.object {
            $0.field("pointer", pointer)
            $0.field("keyword", keyword)
            $0.field("message", message)
        }
    }
}

/// Everything wrong with a value, at most `mostReported` things.
public struct JSONProblems: Error, Hashable, CustomStringConvertible {
    /// Nobody reads further, and hostile documents could go on for ever.
    public static let mostReported = 100

    public let problems: [JSONProblem]

    public init(_ problems: [JSONProblem]) { self.problems = problems }

    public var description: String { problems.map(\.description).joined(separator: "; ") }
}
