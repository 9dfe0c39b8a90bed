import API
import Entities

extension Room {
    static func backups(_ premises: Premises) -> Room {
        let configuration = premises.configuration
        let effects = ForkMark.effects(premises.mark)
        let routes = BackupRoutes(
            service: premises.service, background: premises.background, shelf: configuration.shelf,
            blobs: configuration.blobs, effects: effects)
        // What is tried in a fork is not worth a backup.
        guard effects.areAllowed else { return Room(routes: { routes.declare(in: &$0) }) }
        let duty = configuration.backups.map { plan in
            BackupKeeper.Duty(
                schedule: plan.schedule,
                chores: BackupChores(
                    place: plan.place, service: premises.service, blueprint: configuration.blueprint,
                    scratch: plan.scratch, logger: premises.logger))
        }
        let keeper = BackupKeeper(
            premises.pool, duty, metrics: premises.metrics, logger: premises.logger, clock: configuration.clock)
        return Room(
            routes: { routes.declare(in: &$0) }, start: { keeper.start() }, stop: { await keeper.stop() })
    }
}
