import JSON
import System

/// An entity as clients see it, and as the projection keeps it.
extension Entity {
    /// - Parameter data: the encoded data, where they are at hand.
    public func document(data encoded: [UInt8]? = nil) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("id", id.description)
            writer.field("type", type)
            writer.field("version", version)
            writer.field("position", position)
            writer.field("created_at", createdAt.description)
            writer.field("updated_at", updatedAt.description)
            writer.field("archived", isArchived)
            if let archivedWith { writer.field("archived_with", archivedWith.description) }
            writer.field("favorite", isFavorite)
            writer.field("tags", tags)
            writer.field("links") { writer in
                writer.array(of: links) { writer, link in
                    writer.object { writer in
                        writer.field("to", link.target.description)
                        writer.field("relation", link.relation)
                    }
                }
            }
            writer.field("data") { writer in
                if let encoded { writer.verbatim(encoded) } else { writer.write(JSONValue.object(data)) }
            }
        }
        return writer.bytes
    }

    /// Reads what ``document(data:)`` wrote.
    public init(document bytes: [UInt8], createdPosition: Int) throws {
        let json = try JSONValue(parsing: bytes)
        guard let id = json["id"]?.string.flatMap({ UUID($0) }), let type = json["type"]?.string,
            let version = json["version"]?.integer, let position = json["position"]?.integer,
            let createdAt = json["created_at"]?.string.flatMap({ Timestamp($0) }),
            let updatedAt = json["updated_at"]?.string.flatMap({ Timestamp($0) }), let data = json["data"]?.object
        else { throw EntityError.unreadableDocument }
        self.id = id
        self.type = type
        self.version = version
        self.position = position
        self.createdPosition = createdPosition
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.data = data
        isArchived = json["archived"]?.bool ?? false
        archivedWith = json["archived_with"]?.string.flatMap { UUID($0) }
        isFavorite = json["favorite"]?.bool ?? false
        tags = json["tags"]?.array?.compactMap(\.string) ?? []
        links = (json["links"]?.array ?? []).compactMap { Link($0) }
    }
}
