import API
import Console

extension Room {
    static func console(_ premises: Premises) throws -> Room {
        let notice = premises.mark?.sentence
        let console = try ConsoleRoutes(
            .init(
                version: Program.version, address: premises.address,
                folder: "\(premises.configuration.dashboards)/console", sessions: premises.access.sessions,
                notice: notice,
                health: {
                    await HealthCheck.run(premises.health.checks).map { report in
                        .init(name: report.name, state: report.finding.state.rawValue, detail: report.finding.detail)
                    }
                }))
        return Room(
            open: { router in
                console.showProblems(in: &router)
                console.declareOpen(in: &router)
            },
            always: { console.declareOverview(in: &$0) },
            routes: { router in
                console.declare(in: &router)
                HistoryRoutes(service: premises.service, clock: premises.configuration.clock, notice: notice)
                    .declare(in: &router)
            })
    }
}
