import Catalogue
import Postgres
import System

/// One version of an entity with everything its row holds.
public struct EntityRow: Sendable {
    public let entity: Entity
    let name: String
    let fields: [UInt8]
    let search: TextSearchVector
    public let document: [UInt8]

    public init(_ entity: Entity, _ content: Content) {
        self.entity = entity
        name = RowRules.name(content.name)
        fields = content.fields
        search = content.search
        document = entity.document(data: content.encoded)
    }

    var tags: [String] { entity.tags.map(RowRules.indexed) }
}

/// The tags of many rows for one statement. An array of arrays would have to be rectangular, so all tags stand in one array,
/// and each row says from where to where its own do, counted from 1.
struct TagLists {
    private(set) var tags: [String] = []
    private(set) var firsts: [Int32] = []
    private(set) var lasts: [Int32] = []

    init(_ rows: some Sequence<EntityRow>) {
        for row in rows {
            firsts.append(Int32(tags.count + 1))
            tags += row.tags
            lasts.append(Int32(tags.count))
        }
    }
}

extension Sequence where Element == EntityRow {
    var identifiers: [UUID] { map(\.entity.id) }
    var types: [String] { map(\.entity.type) }
    var versions: [Int32] { map { Int32($0.entity.version) } }
    var positions: [Int64] { map { Int64($0.entity.position) } }
    var createdPositions: [Int64] { map { Int64($0.entity.createdPosition) } }
    var archived: [Bool] { map(\.entity.isArchived) }
    var favorite: [Bool] { map(\.entity.isFavorite) }
    var names: [String] { map(\.name) }
    var fieldsBytes: [JSONBBytes] { map { JSONBBytes($0.fields) } }
    var searchVectors: [TextSearchVector] { map(\.search) }
    var documents: [JSONBytes] { map { JSONBytes($0.document) } }
}
