import Catalogue
import System

/// Which entity a command means. An id alone names a stream; only with its type does it name an entity.
struct EntityKey: Hashable, Sendable {
    let type: String
    let id: UUID

    init(_ id: UUID, _ type: EntityType) { self.init(id, type: type.name) }

    init(_ id: UUID, type: String) {
        self.type = type
        self.id = id
    }

    init(_ entity: Entity) {
        type = entity.type
        id = entity.id
    }
}

extension EntityCommand {
    var key: EntityKey { EntityKey(id, type) }
}
