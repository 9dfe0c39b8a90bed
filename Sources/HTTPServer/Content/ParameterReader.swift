/// The parameters of one request while they are read, and what was found wrong with them.
struct ParameterReader {
    let query: Parameters
    private let path: Parameters
    private let headers: (String) -> [String]
    var refused: [Problem.Field] = []
    /// Whether nothing in the query is unknown.
    var takesAnything = false

    init(
        query: Parameters, path: Parameters = Parameters(pairs: []),
        headers: @escaping (String) -> [String] = { _ in [] }
    ) {
        self.query = query
        self.path = path
        self.headers = headers
    }

    enum Single {
        case missing
        case refused
        case value(String)
    }

    func values(_ name: String, in place: ParameterDeclaration.Place) -> [String] {
        switch place {
        case .query: query.values(of: name)
        case .path: path.values(of: name)
        case .header: headers(name)
        }
    }

    /// The only value of a name.
    mutating func single(_ name: String, in place: ParameterDeclaration.Place) -> Single {
        let values = values(name, in: place)
        guard let first = values.first else { return .missing }
        if values.count == 1 { return .value(first) }
        refuse(name, in: place, "repeated", "Give this parameter once.")
        return .refused
    }

    mutating func parse<Value>(
        _ text: String, of name: String, in place: ParameterDeclaration.Place, _ kind: ParameterKind<Value>
    ) -> Value? {
        do throws(ParameterRefusal) {
            return try kind.parse(text)
        } catch {
            refuse(name, in: place, error.code, error.advice)
            return nil
        }
    }

    mutating func refuse(
        _ name: String, in place: ParameterDeclaration.Place, _ code: Problem.Code, _ message: String
    ) {
        refused.append(Problem.Field(place == .header ? .header(name) : .parameter(name), code, message))
    }

    mutating func refuseUnknown(known: [String]) {
        var seen: Set<String> = []
        for (name, _) in query.pairs where !known.contains(name) && seen.insert(name).inserted {
            let rest = known.isEmpty ? "Leave it out." : "Known are: \(known.joined(separator: ", "))."
            refuse(name, in: .query, "unknown", "Unknown parameter. \(rest)")
        }
    }
}
