/// Who asks.
public enum Role: String, Sendable, CaseIterable {
    /// Nobody who is known.
    case guest
    case viewer
    case standard
    case admin
}

/// One row of a table: a request, and what each role gets for it.
///
///     Scenario("a viewer cannot create", "POST /api/v2/notes", body: #"{"name": "x"}"#,
///         expect: [.guest: 401, .viewer: 403, .standard: .init(201, contains: "\"name\":\"x\"")])
public struct Scenario: Sendable {
    /// What is claimed; shown when it does not hold.
    public let name: String
    public let method: String
    public let path: String
    public let headers: [(name: String, value: String)]
    public let body: String?
    /// Roles that are not listed are not tried.
    public let expect: [Role: Expectation]
    /// Brings about what the row starts from, before each role.
    public let prepare: @Sendable (Role) async throws -> Void

    /// - Parameter request: method and path, such as `GET /api/v2/notes?limit=1`.
    public init(
        _ name: String, _ request: String, headers: [(name: String, value: String)] = [],
        body: String? = nil, expect: [Role: Expectation],
        prepare: @escaping @Sendable (Role) async throws -> Void = { _ in }
    ) {
        let words = request.split(separator: " ", maxSplits: 1).map(String.init)
        precondition(words.count == 2, "\(request) is not a method and a path")
        self.name = name
        method = words[0]
        path = words[1]
        self.headers = headers
        self.body = body
        self.expect = expect
        self.prepare = prepare
    }
}

/// What an answer has to be.
public struct Expectation: Sendable, ExpressibleByIntegerLiteral {
    public let status: Int
    /// Each has to be in the body.
    public let contains: [String]
    /// None may be in the body: what this role must not see.
    public let lacks: [String]
    /// Header values that have to be there.
    public let headers: [String: String]

    public init(
        _ status: Int, contains: String..., lacks: [String] = [], headers: [String: String] = [:]
    ) {
        self.status = status
        self.contains = contains
        self.lacks = lacks
        self.headers = headers
    }

    public init(integerLiteral status: Int) { self.init(status) }

    /// What is wrong with an answer; empty when nothing is.
    func faults(in response: RawResponse) -> [String] {
        var faults: [String] = []
        if response.status != status { faults.append("status \(response.status) instead of \(status)") }
        for text in contains where !response.text.contains(text) { faults.append("no \(String(reflecting: text))") }
        for text in lacks where response.text.contains(text) { faults.append("shows \(String(reflecting: text))") }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) where response[name] != value {
            faults.append("\(name) is \(response[name] ?? "missing") instead of \(value)")
        }
        return faults
    }
}

extension [Role: Expectation] {
    /// The same for every role.
    public static func everyone(_ expectation: Expectation) -> Self {
        Self(uniqueKeysWithValues: Role.allCases.map { ($0, expectation) })
    }

    /// For signed-in roles; guests are asked to sign in.
    public static func signedIn(_ expectation: Expectation, guests: Expectation = 401) -> Self {
        everyone(expectation).merging([.guest: guests]) { $1 }
    }

    /// For administrators alone; others are refused, guests asked to sign in.
    public static func admins(_ expectation: Expectation, others: Expectation = 403, guests: Expectation = 401) -> Self
    {
        signedIn(others, guests: guests).merging([.admin: expectation]) { $1 }
    }
}
