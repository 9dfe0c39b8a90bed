import API
import Entities
import Telemetry

extension Room {
    static func projections(_ premises: Premises) -> Room {
        let work = ProjectionWork(
            service: premises.service, blueprint: premises.configuration.blueprint,
            logger: premises.logger.named("projections"))
        let background = premises.background
        return Room(routes: { ProjectionRoutes(work: work, background: background).declare(in: &$0) })
    }
}
