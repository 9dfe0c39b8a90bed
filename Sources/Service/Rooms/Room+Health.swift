import API
import HTTPServer

extension Room {
    static func health(_ premises: Premises) -> Room {
        Room(
            open: { router in
                HealthRoutes(version: Program.version, clock: premises.configuration.clock) { premises.health.checks }
                    .declare(in: &router)
                MetricsRoutes(metrics: premises.metrics).declare(in: &router)
            },
            checks: [HealthChecks.database(premises.pool), HealthChecks.tables(premises.gate)]
                + [premises.mark.map(HealthChecks.fork)].compactMap { $0 })
    }
}
