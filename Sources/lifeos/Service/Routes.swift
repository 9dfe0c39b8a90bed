import API
import Accounts
import Catalogue
import Console
import HTTPServer
import Replay
import Telemetry

/// Every route of the program, and what stands around them.
enum Routes {
    struct Parts {
        let metrics: Metrics
        let checks: [HealthCheck]
        let token: AdminToken
        let isSecure: Bool
        let mark: ForkMark?
        let address: String
        let dashboards: String
        let headers: SecurityHeaders
        let audience: DescriptionRoutes.Audience
        let catalogue: Catalogue
        let entities: EntityRoutes
        let log: LogRoutes
        let cache: CacheRoutes
        let projections: ProjectionRoutes
        let operations: OperationRoutes
        let replay: ReplayRoutes
        let backups: BackupRoutes
        let audit: AuditRoutes
        let inspection: InspectionRoutes
        let history: HistoryRoutes
        let access: AccessRecorder
        let signIns: SignInLog
        let endedSessions: EndedSessions
    }

    static func router(_ parts: Parts) throws -> Router {
        let witness: @Sendable (Access) -> Void = { [access = parts.access] in access.witness($0) }
        let limit = WrongTokenLimit()
        let sessions = Sessions(
            token: parts.token, scope: parts.mark?.origin.name.text, isSecure: parts.isSecure,
            ended: parts.endedSessions, limit: limit, witness: witness,
            record: { [signIns = parts.signIns] in try await signIns.writeSignOut($0) })
        let health = HealthRoutes(checks: parts.checks, version: LifeOS.version)
        let console = try ConsoleRoutes(
            .init(
                version: LifeOS.version, address: parts.address, folder: "\(parts.dashboards)/console",
                sessions: sessions, notice: parts.mark?.sentence,
                health: {
                    await HealthCheck.run(parts.checks).map { report in
                        .init(name: report.name, state: report.finding.state.rawValue, detail: report.finding.detail)
                    }
                }))

        var router = Router()
        router.use(parts.headers)
        DatabaseProblems.declare(in: &router)
        console.showProblems(in: &router)
        health.declare(in: &router)
        MetricsRoutes(metrics: parts.metrics).declare(in: &router)
        console.declareOpen(in: &router)
        let authentication = Authentication(token: parts.token, sessions: sessions, limit: limit, witness: witness)
        router.group("") { signedIn in
            signedIn.use(authentication)
            console.declare(in: &signedIn)
            parts.history.declare(in: &signedIn)
            parts.entities.declare(in: &signedIn)
            parts.log.declare(in: &signedIn)
            parts.cache.declare(in: &signedIn)
            parts.projections.declare(in: &signedIn)
            parts.operations.declare(in: &signedIn)
            parts.replay.declare(in: &signedIn)
            parts.backups.declare(in: &signedIn)
            parts.audit.declare(in: &signedIn)
            parts.inspection.declare(in: &signedIn)
        }
        // Last: they describe whatever was declared before.
        let descriptions = DescriptionRoutes(
            title: parts.mark?.title ?? "Life-OS", catalogue: parts.catalogue, version: LifeOS.version,
            server: parts.address, headers: parts.headers.headers, audience: parts.audience, routes: router.routes)
        descriptions.declare(in: &router, behind: authentication)
        ReferenceRoutes(notice: parts.mark?.sentence) { descriptions.document }
            .declare(in: &router, behind: parts.audience == .open ? nil : authentication)
        return router
    }
}
