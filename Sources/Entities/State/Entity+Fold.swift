import JSON
public import System

/// The one fold: the writer, the rebuild, as-of and rollback all come here.
extension Entity {
    /// The state that a stream begins with; nil for an event that begins none.
    public init?(id: UUID, type: String, _ event: EntityEvent, at moment: Moment) {
        let data: JSONObject
        switch event {
        case .created(let fields): data = fields
        case .declared(_, creates: true, let value): data = value.object ?? [:]
        default: return nil
        }
        self.id = id
        self.type = type
        self.data = data
        version = moment.version
        position = moment.position
        createdPosition = moment.position
        createdAt = moment.time
        updatedAt = moment.time
    }

    /// The state after one more event.
    public mutating func apply(_ event: EntityEvent, at moment: Moment) {
        version = moment.version
        position = moment.position
        updatedAt = moment.time
        switch event {
        case .created(let fields), .reverted(_, let fields): take(fields)
        case .restored(let restoration): take(restoration)
        case .updated(let patch), .declared(_, _, let patch):
            if let patched = JSONValue.object(data).merging(patch).object { take(patched) }
        case .archived(let with):
            isArchived = true
            archivedWith = with
        case .unarchived:
            isArchived = false
            archivedWith = nil
        case .favorited: isFavorite = true
        case .unfavorited: isFavorite = false
        case .tagged(let more): for tag in more.map(Slug.renewed) where !tags.contains(tag) { tags.append(tag) }
        case .untagged(let gone):
            let gone = gone.map(Slug.renewed)
            tags.removeAll { gone.contains($0) }
        case .linked(let link): if !links.contains(link) { links.append(link) }
        case .unlinked(let link): links.removeAll { $0 == link }
        case .skipped: break
        }
    }

    /// Data that differ only in how they are written, such as 1.0 where 1 was, change nothing: what is made of data is kept
    /// while they are equal, so the bytes have to be the same.
    mutating func take(_ fields: JSONObject) {
        if fields != data { data = fields }
    }
}
