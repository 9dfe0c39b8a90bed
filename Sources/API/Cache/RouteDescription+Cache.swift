import HTTPServer
import JSON

/// What the routes of the cache say of themselves.
extension RouteDescription {
    static let cacheStatistics = RouteDescription(
        answers: [
            Answer(
                summary: "Statistics since the last reset.",
                schema: Schema.object([
                    "hits": Schema.count, "misses": Schema.count,
                    "hit_rate": ["type": "number", "minimum": 0, "maximum": 1], "evictions": Schema.count,
                    "entries": Schema.count, "bytes": Schema.count, "bytes_max": Schema.count,
                ]))
        ])

    private static let removed = Answer(
        summary: "How many responses were removed.", schema: Schema.object(["removed": Schema.count]))

    static let cacheClearing = RouteDescription(answers: [removed])

    static let cacheInvalidation = RouteDescription(
        body: Body(
            schema: [
                "oneOf": [
                    Schema.object(["entity": Schema.id, "type": Schema.text], optional: ["type"]),
                    Schema.object([
                        "endpoint": ["type": "string", "pattern": "^/", "examples": ["/api/v2/characters"]]
                    ]),
                    Schema.object(["pattern": ["type": "string", "maxLength": .integer(CacheRoutes.patternLengthMax)]]),
                ]
            ]),
        answers: [removed], problems: [.unprocessableContent])
}
