public import JSON
public import System

/// The state of one stream after some of its events. It is never changed but by ``apply(_:at:)``.
public struct Entity: Sendable, Hashable {
    public let id: UUID
    /// Its entity type in the catalogue, and the category of its events.
    public let type: String
    /// How many events its stream has.
    public internal(set) var version: Int
    /// Where its latest event is in the log.
    public internal(set) var position: Int
    /// Where its first event is in the log; in this order entities came into being.
    public let createdPosition: Int
    public let createdAt: Timestamp
    public internal(set) var updatedAt: Timestamp
    /// An archived entity can be read and taken back, but not changed.
    public internal(set) var isArchived = false
    /// The entity whose archiving took this one along.
    public internal(set) var archivedWith: UUID?
    public internal(set) var isFavorite = false
    /// In the order they were put on.
    public internal(set) var tags: [String] = []
    public internal(set) var links: [Link] = []
    /// The type's own fields.
    public internal(set) var data: JSONObject

    /// A connection to another entity that no field holds.
    public struct Link: Sendable, Hashable {
        public let target: UUID
        /// What the other is to this one, such as `shows`.
        public let relation: String

        public init(target: UUID, relation: String) {
            self.target = target
            self.relation = relation
        }
    }

    /// When and where an event came into the log.
    public struct Moment: Sendable, Hashable {
        public let position: Int
        public let version: Int
        public let time: Timestamp

        public init(position: Int, version: Int, time: Timestamp) {
            self.position = position
            self.version = version
            self.time = time
        }
    }
}
