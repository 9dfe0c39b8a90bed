import API
import Entities

extension Room {
    static func operations(_ premises: Premises) -> Room {
        let (service, background) = (premises.service, premises.background)
        return Room(
            routes: { OperationRoutes(background: background).declare(in: &$0) },
            start: { service.undertaker.start() }, stop: { await background.stop() })
    }
}
