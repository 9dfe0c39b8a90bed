import API
import Recovery

extension Room {
    static func replay(_ premises: Premises) -> Room {
        let forks = Forks(
            pool: premises.pool, blueprint: premises.configuration.blueprint, logger: premises.logger)
        return Room(routes: { router in
            ReplayRoutes(service: premises.service, background: premises.background, forks: forks)
                .declare(in: &router)
            InspectionRoutes(service: premises.service).declare(in: &router)
        })
    }
}
