import Entities
import EventLog
import HTTPServer
import JSON
import System

// Parameters that mean the same wherever they occur.

extension ParameterShape<Int> {
    static var limit: Self { limit(upTo: ListQuery.limitMax, default: ListQuery.limitDefault) }

    static func limit(upTo most: Int, default fallback: Int) -> Self {
        .optional("limit", .int(in: 1...most), default: fallback, "The maximum number of items.")
    }

    static var offset: Self {
        .optional(
            "offset", .int(in: 0...ListQuery.offsetMax), default: 0,
            "How many items to skip. For long lists, `cursor` is faster and stays correct while entities change.")
    }
}

extension ParameterShape<Point> {
    static var asOf: Self {
        .optional("as_of", .point, default: .now, "Respond as of this point of the log. \(pointForms)")
    }

    /// What a point can be, for parameters that take one.
    static var pointForms: String { "\(PointProblem.forms) In an address, `+` is written as `%2B`." }
}

extension Point {
    /// What a client wrote. The shapes of parameters and bodies are made before there is a node, so this counts by the machine's
    /// own clock.
    static func asked(_ text: String) throws(PointProblem) -> Point {
        try Point(parsing: text, now: SystemWallClock().now(), in: .ofThisProcess)
    }
}

extension ParameterKind<Point> {
    /// Any point. Times without an offset are read by this machine's clock.
    static var point: Self {
        let schema: JSONValue = [
            "type": "string", "pattern": .string(pointPattern),
            "examples": ["-15m", "1200", "2026-11-20", "yesterday 18:00", "2026-11-21T06:10:34Z"],
        ]
        return ParameterKind(schema) { text throws(ParameterRefusal) in
            do {
                return try Point.asked(text)
            } catch {
                throw ParameterRefusal("malformed", "\(error) In an address, write + as %2B and a space as %20.")
            }
        }
    }

    /// Every form of a point. It lets more through than there is, such as the 30th of February, and keeps nothing out.
    private static var pointPattern: String {
        let id = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
        let time = "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
        let day = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
        let forms = [
            "0*[0-9]{1,19}", "[Nn][Oo][Ww]", "-([0-9]+[smhdw])+",
            "([Tt][Oo][Dd][Aa][Yy]|[Yy][Ee][Ss][Tt][Ee][Rr][Dd][Aa][Yy]|\(day))([ Tt]\(time))?",
            "before:\(id)", "event:[0-9]+", "event:\(id)[.][0-9]+",
        ]
        return "^(\(forms.joined(separator: "|")))$"
    }
}

extension ParameterKind<String> {
    /// Who did something.
    static var actor: Self { .text(length: 1...200) }

    /// The name of an entity type, a category, an event type or a verb.
    static var declaredName: Self {
        .text(
            fitting: ["type": "string", "pattern": "^[a-z0-9_.]+$", "maxLength": 100],
            advice: "Use lower-case letters, digits, underscores and dots, such as character or character.created.")
    }
}

extension ParameterShape<Preconditions> {
    static var ifNoneMatch: Self {
        .preconditions([.ifNoneMatch: "The `ETag` of a response you have: answered with 304 if it is still current."])
    }
}

extension ParameterDeclaration {
    /// Of every request; the server itself reads it.
    static let requestID = ParameterDeclaration(
        name: "X-Request-Id", place: .header,
        summary: "Identifies the request in logs and responses. Default: generated.",
        schema: ["type": "string", "maxLength": 128])
}
