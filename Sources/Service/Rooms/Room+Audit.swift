import API

extension Room {
    static func audit(_ premises: Premises) -> Room {
        let service = premises.service
        return Room(routes: { AuditRoutes(service: service).declare(in: &$0) })
    }
}
