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
        name = content.name
        fields = content.fields
        search = content.search
        document = entity.document(data: content.encoded)
    }

    /// The tags as PostgreSQL writes an array: an array of arrays would have to be rectangular.
    var tagsLiteral: String {
        // Slugs hold neither quotes nor commas.
        "{" + entity.tags.joined(separator: ",") + "}"
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
    var tagsLiterals: [String] { map(\.tagsLiteral) }
    var names: [String] { map(\.name) }
    var fieldsBytes: [JSONBBytes] { map { JSONBBytes($0.fields) } }
    var searchVectors: [TextSearchVector] { map(\.search) }
    var documents: [JSONBytes] { map { JSONBytes($0.document) } }
}
