import Accounts
public import Entities
import EventLog
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
                "replay.inspect", "Compare the system at a point with now.",
                in: "Replay", needs: .replay, .inspection),
            .required("at", .point, "The point. \(ParameterShape<Point>.pointForms)"),
            .optional(
                "events", .int(in: 1...Inspector.eventsMax), default: 10,
                "How many of the last events before it to tell.")
        ) { _, point, count in
            let inspector = Inspector(pool: service.pool, catalogue: service.catalogue)
            let inspection = try await PointProblems.translating("at") {
                try await inspector.inspect(at: point, eventCount: count)
            }
            return .json(inspection.encoded())
        }
    }
}

extension RouteDescription {
    fileprivate static let inspection = RouteDescription(
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
