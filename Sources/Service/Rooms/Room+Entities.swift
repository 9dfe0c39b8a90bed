import API
import Entities

extension Room {
    static func entities(_ premises: Premises) -> Room {
        let (service, cache) = (premises.service, premises.cache)
        return Room(
            routes: { router in
                EntityRoutes(service: service, cache: cache).declare(in: &router)
                CacheRoutes(cache: cache).declare(in: &router)
            }, checks: [HealthChecks.writing(service)], start: { service.start() }, stop: { await service.stop() })
    }
}
