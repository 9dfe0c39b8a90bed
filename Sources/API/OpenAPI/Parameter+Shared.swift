import Entities
import JSON

/// Parameters that mean the same wherever they occur.
extension Parameter {
    /// All of them, in the order in which they are described.
    static let shared: [Parameter] = [
        .limit, .offset, .cursor, .search, .tags, .tagsMode, .archived, .favorite, .asOf, .ifMatch, .ifNoneMatch,
        .idempotencyKey, .reason, .correlation, .requestID,
    ]

    static let limit = query(
        "limit", "How many to answer at most.",
        Schema.whole(from: 1, to: ListQuery.limitMax, default: ListQuery.limitDefault))
    static let offset = query(
        "offset",
        "How many to pass over. For going far, `cursor` is quicker, and right while entities come and change.",
        Schema.whole(from: 0, to: ListQuery.offsetMax, default: 0))
    static let cursor = query(
        "cursor", "`next_cursor` of the page before, with the same other parameters, but without `offset` and `as_of`.",
        Schema.text)
    static let search = query(
        "q",
        "Words to find: whole, as the beginning of a longer one, without their accents, or mistyped. All have to be there.",
        ["type": "string", "minLength": 1, "maxLength": 120])
    static let tags = query(
        "tags", "Tags that have to be there, with commas between them.",
        Schema.list(of: ["type": "string", "pattern": "^[^,]+$"], ["maxItems": 20]), isJoined: true)
    static let tagsMode = query(
        "tags_mode", "Whether all of the tags have to be there, or one is enough.",
        Schema.choice(ListParameters.TagMode.allCases.map(\.rawValue), default: "all"))
    static let archived = query(
        "archived", "Which to answer: those that are not archived, those that are, or both.",
        Schema.choice(ListParameters.Archived.allCases.map(\.rawValue), default: "false"))
    static let favorite = query("favorite", "Only favorites, or only the others.", Schema.flag)
    static let asOf = query(
        "as_of",
        "The answer as it was at this point of the log. \(pointForms)", pointSchema)

    /// What a point can be, for parameters that take one.
    static let pointForms = "\(PointProblem.forms) In an address, `+` is written as `%2B`."
    static let pointSchema: JSONValue = [
        "anyOf": [Schema.count, Schema.time, ["type": "string", "pattern": .string(pointPattern)]]
    ]
    private static let pointPattern =
        "^(now|(-[0-9]{1,3}[smhdw])|((today|yesterday)( [01][0-9]:[0-5][0-9](:[0-5][0-9])?)?)"
        + "|([12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])( [01][0-9]:[0-5][0-9](:[0-5][0-9])?)?)"
        + "|(before:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})|(event:[1-9][0-9]{0,8})"
        + "|(event:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.[1-9][0-9]{0,5}))$"

    static let ifMatch = header(
        "If-Match",
        "The `ETag` of the version that is to be changed: where it is another by now, 412 says which. One of another log, "
            + "such as one that this was restored from, matches nothing.",
        tagPattern)
    static let ifNoneMatch = header(
        "If-None-Match", "The `ETag` of an answer that is at hand: 304 where it is still right.", tagPattern)
    static let idempotencyKey = header(
        "Idempotency-Key",
        "A word of your own for this change. Repeated within seven days, it gets the first answer and changes nothing.",
        ["type": "string", "pattern": "^[!-~]{1,255}$"])
    static let reason = header(
        "X-Reason", "Why, for those who read the history.",
        ["type": "string", "maxLength": .integer(CommandRequest.reasonBytesMax)])
    static let correlation = header(
        "X-Correlation-Id", "What this change belongs to: the same for all changes of one undertaking.", Schema.id)
    static let requestID = header(
        "X-Request-Id", "Names the request in logs and answers; one is made where none is given.",
        ["type": "string", "maxLength": 128])

    private static let tagPattern: JSONValue = [
        "type": "string", "pattern": #"^(\*|(W/)?"[!#-~]+"(, (W/)?"[!#-~]+")*)$"#,
    ]

    private static func query(_ name: String, _ summary: String, _ schema: JSONValue, isJoined: Bool = false)
        -> Parameter
    {
        Parameter(name: name, place: .query, summary: summary, schema: schema, isJoined: isJoined, isShared: true)
    }

    private static func header(_ name: String, _ summary: String, _ schema: JSONValue) -> Parameter {
        Parameter(name: name, place: .header, summary: summary, schema: schema, isShared: true)
    }

    /// A parameter of the path; every one has to be there.
    static func path(_ name: String, _ summary: String, _ schema: JSONValue = Schema.id) -> Parameter {
        Parameter(name: name, place: .path, summary: summary, schema: schema, isRequired: true)
    }
}
