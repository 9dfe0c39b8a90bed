/// A walk through a document that gathers what is wrong with it.
struct Inspection {
    var path = JSONPointer.root
    var problems: [JSONProblem] = []

    var isFull: Bool { problems.count >= JSONProblems.mostReported }

    mutating func report(_ complaint: Complaint) {
        guard !isFull else { return }
        problems.append(JSONProblem(pointer: path, keyword: complaint.keyword, message: complaint.message))
    }

    /// Reports on the member of that name, be it there or not.
    mutating func report(_ complaint: Complaint, at name: String) {
        descend(to: name) { $0.report(complaint) }
    }

    mutating func descend<Result>(to token: String, _ look: (inout Inspection) -> Result) -> Result {
        path.tokens.append(token)
        defer { path.tokens.removeLast() }
        return look(&self)
    }
}

/// A problem that does not know its place yet. Schemas and shapes complain in the same words.
struct Complaint {
    let keyword: String
    let message: String

    init(_ keyword: String, _ message: String) {
        self.keyword = keyword
        self.message = message
    }

    static func wrongKind(_ value: JSONValue, expected: String) -> Complaint {
        let actual = if case .number(let number) = value { "\(number)" } else { value.kindWithArticle }
        return Complaint("type", "must be \(expected), not \(actual)")
    }

    static let missing = Complaint("required", "is required: add it")

    static func unknown(known: [String]) -> Complaint {
        let names = known.prefix(20).map { JSONValue.string($0).description }.joined(separator: ", ")
        let list = known.isEmpty ? "none" : known.count > 20 ? "\(names) …" : names
        return Complaint("additionalProperties", "is not known here: remove it; known are \(list)")
    }

    static func notAmong(_ values: [JSONValue], keyword: String) -> Complaint {
        let choices = values.prefix(20).map { String($0.description.prefix(80)) }.joined(separator: ", ")
        return Complaint(
            keyword,
            values.count == 1 ? "must be \(choices)" : "must be one of \(choices)\(values.count > 20 ? " …" : "")")
    }

    static func below(_ minimum: JSONNumber) -> Complaint { Complaint("minimum", "must be at least \(minimum)") }

    static func above(_ maximum: JSONNumber) -> Complaint { Complaint("maximum", "must be at most \(maximum)") }

    static func tooFew(_ keyword: String, _ things: Things, minimum: Int, actual: Int) -> Complaint {
        Complaint(keyword, "must have at least \(things.counted(minimum)); it has \(actual)")
    }

    static func tooMany(_ keyword: String, _ things: Things, maximum: Int, actual: Int) -> Complaint {
        Complaint(keyword, "must have at most \(things.counted(maximum)); it has \(actual)")
    }

    /// What is counted in strings, arrays and objects.
    enum Things: String {
        case character, element, member

        func counted(_ number: Int) -> String { "\(number) \(rawValue)\(number == 1 ? "" : "s")" }
    }
}
