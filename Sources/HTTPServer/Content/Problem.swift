public import JSON

/// Why a request was not answered as asked: an RFC 9457 problem document that handlers throw.
///
/// `code` is for programs, `title` and `detail` for people; `detail` is a sentence that says what to do next. Nothing
/// secret belongs into it, since it goes to the caller as it is.
public struct Problem: Error, Sendable {
    /// What went wrong, for programs to branch on: snake_case, and stable once published.
    public struct Code: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { rawValue = value }

        public var description: String { rawValue }
    }

    /// One field that was refused.
    public struct Field: Sendable, Hashable {
        /// Where the field stands.
        public enum Place: Sendable, Hashable {
            /// In the body, as a JSON Pointer such as `/tags/0`; the empty pointer is the whole body.
            case pointer(String)
            /// In the query, path or form, by its name.
            case parameter(String)
            /// In the headers, by its name.
            case header(String)
        }

        public let place: Place
        public let code: Code
        public let message: String

        public init(_ place: Place, _ code: Code, _ message: String) {
            self.place = place
            self.code = code
            self.message = message
        }
    }

    /// A URI that names the kind of problem; `about:blank` says that `status` and `code` tell enough.
    public var type: String
    public var status: Status
    public var code: Code
    public var title: String
    public var detail: String
    /// The identifier under which the log knows this request. The server fills it in.
    public var requestID: String?
    /// The fields that were refused, in the order found; empty where the problem is about the request as a whole.
    public var fields: [Field]
    /// What this problem adds to the standard members, such as the version that was expected.
    public var members: [(name: String, value: JSONValue)]
    /// Headers that belong to this answer, such as `Retry-After` or `Allow`.
    public var headers: [(name: String, value: String)]

    /// - Parameter title: the status's own words where none is given.
    public init(
        _ status: Status, _ code: Code, _ detail: String, title: String? = nil, type: String = "about:blank",
        fields: [Field] = [], members: KeyValuePairs<String, JSONValue> = [:],
        headers: KeyValuePairs<String, String> = [:]
    ) {
        self.type = type
        self.status = status
        self.code = code
        self.title = title ?? status.reason
        self.detail = detail
        self.fields = fields
        self.members = members.map { (name: $0.key, value: $0.value) }
        self.headers = headers.map { (name: $0.key, value: $0.value) }
    }
}

extension Problem: CustomStringConvertible {
    public var description: String {
        let places = fields.map { "; \($0.place): \($0.message)" }.joined()
        return "\(status.rawValue) \(code): \(detail)\(places)"
    }
}

extension Problem.Field.Place: CustomStringConvertible {
    public var description: String {
        switch self {
        case .pointer(let pointer): pointer.isEmpty ? "the body" : pointer
        case .parameter(let name), .header(let name): name
        }
    }
}
