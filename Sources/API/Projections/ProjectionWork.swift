public import Entities
import JSON
import Projections
public import Telemetry

/// What can be done with projections in the background: one thing at a time, on all nodes.
public struct ProjectionWork: Sendable {
    static let exclusion = "projections"

    let service: EntityService
    let set: ProjectionSet
    private let fold: ProjectionFold
    private let logger: Logger

    public init(service: EntityService, blueprint: Blueprint, logger: Logger) {
        self.service = service
        set = blueprint.set
        fold = blueprint.fold
        self.logger = logger
    }

    /// Of all projections where the parameter `names` is missing.
    var rebuild: Background.Work {
        Background.Work(
            "projection_rebuild", "Rebuild of projections", exclusion: Self.exclusion,
            whenStopped: "Nothing was changed."
        ) { parameters, reporter in
            let names = parameters["names"]?.array?.compactMap(\.string)
            let rebuilder = Rebuilder(set: set, fold: fold, pool: service.pool, logger: logger)
            let report = try await rebuilder.rebuild(names) { reporter.report($0) }
            return [
                "names": .array(report.names.map { .string($0) }), "position": .integer(report.position),
                "events": .integer(report.events), "rows": .integer(report.rows),
                "old_schema": .string(report.oldSchema),
            ]
        }
    }

    var check: Background.Work {
        Background.Work(
            "projection_check", "Check of projections", exclusion: Self.exclusion, whenStopped: "Nothing was changed."
        ) { _, reporter in
            try await Checker(set: set, fold: fold, pool: service.pool).check { reporter.report($0) }.json
        }
    }
}

extension Background.Reporter {
    fileprivate func report(_ progress: ProjectionProgress) {
        report(
            done: progress.eventsDone, total: progress.eventsTotal > 0 ? progress.eventsTotal : nil,
            message: progress.phase.rawValue)
    }
}

extension CheckReport {
    /// For the record of the operation.
    fileprivate var json: JSONObject {
        [
            "is_clean": .bool(isClean), "position": .integer(position),
            "projections": .array(
                projections.map { projection in
                    [
                        "name": .string(projection.name), "is_same": .bool(projection.isSame),
                        "live_rows": .integer(projection.liveRows), "rebuilt_rows": .integer(projection.rebuiltRows),
                        "differences": .array(
                            projection.differences.map { difference in
                                [
                                    "kind": .string(difference.kind.rawValue),
                                    "row": .array(difference.key.map { .string($0) }),
                                    "columns": .array(difference.columns.map { .string($0) }),
                                ]
                            }),
                    ]
                }),
        ]
    }
}
