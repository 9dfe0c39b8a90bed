public import Entities
public import HTTPServer
import JSON
import Replay

/// What the system looked like at a point of the log.
public struct InspectionRoutes: Sendable {
    private let service: EntityService

    public init(service: EntityService) { self.service = service }

    public func declare(in router: inout Router) {
        router.get(
            "/api/v2/admin/replay/inspect",
            info: RouteInfo(
                name: "replay.inspect",
                summary: "What the system looked like at a point, beside what it looks like now.",
                tags: ["Replay"], details: Operation.inspection)
        ) { request in
            let (point, count) = try request.query.decode(unknown: .refused) {
                (reader: inout ParameterReader) throws(Problem) in
                let point = ListParameters.point("at", &reader)
                return (
                    reader.require("at", point, placeholder: .now),
                    reader.int("events", in: 1...Inspector.eventsMax, default: 10)
                )
            }
            let inspector = Inspector(pool: service.pool, catalogue: service.catalogue)
            let inspection = try await PointProblems.translating("at") {
                try await inspector.inspect(at: point, eventCount: count)
            }
            return .json(inspection.encoded())
        }
    }
}

extension Operation {
    fileprivate static let inspection = Operation(
        parameters: [
            Parameter(
                name: "at", place: .query, summary: "The point. \(Parameter.pointForms)", schema: Parameter.pointSchema,
                isRequired: true),
            Parameter(
                name: "events", place: .query, summary: "How many of the last events before it to tell.",
                schema: Schema.whole(from: 1, to: Inspector.eventsMax, default: 10)),
            .requestID,
        ],
        answers: [
            Answer(
                summary: "Counts by type, the summaries that types declare, and the last events before the point.",
                schema: Schema.object([
                    "position": Schema.count, "recorded_at": Schema.textOrNull,
                    "head": Schema.object(["position": Schema.count, "recorded_at": Schema.textOrNull]),
                    "types": Schema.list(
                        of: Schema.object([
                            "type": Schema.text, "title": Schema.text, "system": Schema.flag, "then": counted,
                            "now": counted,
                        ])),
                    "summaries": Schema.list(
                        of: Schema.object([
                            "type": Schema.text, "title": Schema.text,
                            "rows": Schema.list(
                                of: Schema.object([
                                    "group": Schema.textOrNull, "then": numberOrNull, "now": numberOrNull,
                                ])),
                        ])), "last_events": Schema.list(of: entry),
                ]))
        ])

    private static let counted = Schema.object(["alive": Schema.count, "archived": Schema.count])
    private static let numberOrNull: JSONValue = ["type": ["number", "null"]]
}
