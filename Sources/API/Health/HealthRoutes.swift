public import HTTPServer
internal import JSON
public import System

/// `/health/live`: the process answers. `/health/ready`: so does everything it needs. Both are open to everyone.
public struct HealthRoutes: Sendable {
    private let checks: @Sendable () -> [HealthCheck]
    private let version: String
    private let startedAt: Timestamp
    private let clock: any WallClock

    public init(
        version: String, clock: any WallClock = SystemWallClock(), checks: @escaping @Sendable () -> [HealthCheck]
    ) {
        self.checks = checks
        self.version = version
        self.clock = clock
        startedAt = clock.now()
    }

    public func declare(in router: inout Router) {
        let live = Response.json(Array(#"{"status":"ok"}"#.utf8))
        router.get(
            "/health/live",
            info: RouteInfo("health.live", "Check that the process is alive.", in: "Health", needs: nil, .health)
        ) { _ in live }
        router.get(
            "/health/ready",
            info: RouteInfo(
                "health.ready", "Check that the server and everything it depends on works.", in: "Health", needs: nil,
                .readiness)
        ) { _ async in
            let reports = await HealthCheck.run(checks())
            let isReady = !reports.contains { $0.finding.state == .failed }
            return .json(document(of: reports), isReady ? .ok : .serviceUnavailable)
        }
    }

    private func document(of reports: [HealthCheck.Report]) -> [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.field("status", Self.worst(of: reports).rawValue)
            $0.field("version", version)
            $0.field("uptime_seconds", (clock.now() - startedAt).components.seconds)
            $0.field("checks") {
                $0.array(of: reports) { writer, report in
                    writer.object {
                        $0.field("name", report.name)
                        $0.field("status", report.finding.state.rawValue)
                        $0.field("detail", report.finding.detail)
                        $0.field("duration_ms", report.duration.wholeMilliseconds)
                    }
                }
            }
        }
        return writer.bytes
    }

    /// What the whole is worth: as much as its worst part.
    public static func worst(of reports: [HealthCheck.Report]) -> HealthCheck.State {
        let states = reports.map(\.finding.state)
        return states.contains(.failed) ? .failed : states.contains(.degraded) ? .degraded : .ok
    }
}
