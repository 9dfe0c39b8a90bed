import API
import Catalogue
import Entities
import EventLog
import JSON

extension Room {
    static func log(_ premises: Premises) -> Room {
        let catalogue = premises.service.catalogue
        let configuration = premises.configuration
        return Room(
            log: { router in
                LogRoutes(reader: EventReader(pool: premises.pool), tail: premises.tail) {
                    newestData(of: $0, catalogue)
                }.declare(in: &router)
            },
            checks: [HealthChecks.log(premises.pool, configuration.clock, configuration.writer.clockTolerance)])
    }

    /// Nil where the event was written as the catalogue has it now.
    private static func newestData(of event: Event, _ catalogue: Catalogue) -> JSONValue? {
        guard let type = catalogue[type: event.category], event.schemaVersion < type.version,
            let declaration = catalogue.event(event.type), let data = try? JSONValue(parsing: event.data)
        else { return nil }
        return type.upcast(data, of: declaration, from: event.schemaVersion)
    }
}
