import JSON
import Spelling

/// What to write instead of a name that nobody knows.
enum Advice {
    private static let mostListed = 30

    static func about(_ name: String, among known: [String]) -> String {
        if let nearest = Spelling.nearest(to: name, among: known) { return "did you mean \(Spelling.quoted(nearest))?" }
        if known.isEmpty { return "none is declared" }
        let list = known.prefix(mostListed).map { Spelling.quoted($0) }.joined(separator: ", ")
        return "known are \(list)\(known.count > mostListed ? " …" : "")"
    }

    /// The names that a schema knows for members of the object at that place.
    static func names(at tokens: some Sequence<String>, of schema: JSONValue) -> [String] {
        var schema: JSONValue? = schema
        for token in tokens {
            schema = schema["properties"][token] ?? schema["items"] ?? schema["additionalProperties"]
        }
        return schema["properties"]?.object?.names ?? []
    }

    /// The same problem, with a suggestion where it is about an unknown name.
    static func improve(_ problem: JSONProblem, by schema: JSONValue) -> JSONProblem {
        let tokens = problem.pointer.tokens
        guard problem.keyword == "additionalProperties", let name = tokens.last,
            let nearest = Spelling.nearest(to: name, among: names(at: tokens.dropLast(), of: schema))
        else { return problem }
        return JSONProblem(
            pointer: problem.pointer, keyword: problem.keyword,
            message: "is not known here: did you mean \(Spelling.quoted(nearest))?")
    }
}
