public import Catalogue
public import Commands
public import EventLog
public import JSON
public import System

/// Something that someone wants to happen to one entity.
public struct EntityCommand: LogCommand {
    public typealias Answer = EntityAnswer

    public let type: EntityType
    public let id: UUID
    public let action: Action
    /// The versions that the entity may have; nil where any will do.
    public var expected: [Int]?
    public var meta: EventMeta
    /// Whether the id was made for this command, so that nothing can have it yet.
    public var isFresh = false

    public enum Action: Sendable {
        /// The data have been checked against the type's schema. Tags and links come along in imports.
        case create(Content, Extras = Extras())
        /// A merge patch of the data.
        case patch(JSONValue)
        case archive
        case unarchive
        case favorite(Bool)
        case tag([String])
        case untag([String])
        case link(Entity.Link)
        case unlink(Entity.Link)
        /// - Parameter content: of that version, in the newest shape of its type.
        case revert(toVersion: Int, content: Content)
        /// Also changes what is archived.
        ///
        /// - Parameter content: of the restoration's data, where it has any.
        case restore(Restoration, content: Content?)
        /// An event of a system category, which only parts of the system send.
        case declared(verb: String, JSONValue)
    }

    /// What an entity may begin with besides its data.
    public struct Extras: Sendable {
        public var tags: [String] = []
        public var links: [Entity.Link] = []
        public var isFavorite = false
        public var isArchived = false
        /// The entity whose archiving took this one along.
        public var archivedWith: UUID?

        public init() {}
    }

    public var category: String { type.name }

    public init(_ action: Action, on id: UUID, of type: EntityType, meta: EventMeta) {
        self.type = type
        self.id = id
        self.action = action
        self.meta = meta
    }
}

/// What became of a command.
public enum EntityAnswer: CommandAnswer {
    case created(Changed)
    case changed(Changed)
    /// It was so already: no event.
    case unchanged(Changed)
    /// It was carried out before, under the same `Idempotency-Key`.
    case repeated(version: Int, id: UUID)

    public var version: Int {
        switch self {
        case .created(let changed), .changed(let changed), .unchanged(let changed): changed.entity.version
        case .repeated(let version, _): version
        }
    }

    public struct Changed: Sendable {
        public let entity: Entity
        public let document: [UInt8]
    }
}

/// Why a command was refused. Nothing happened.
public enum Rejection: CommandRejection {
    case notFound
    case alreadyExists(id: UUID)
    /// A stream of that category has the id already.
    case idTaken(id: UUID, category: String)
    /// The id of such an entity follows from its name, and this is another.
    case foreignID(id: UUID, wanted: UUID)
    /// The catalogue does not declare such an event of that category, or has retired it.
    case undeclared(type: String, verb: String)
    /// The entity has another version than the command expected.
    case conflict(version: Int)
    case archived
    case invalid([JSONProblem])
    /// Entities that are pointed to, but are not there or of a type that does not belong there.
    case badReferences([Reference])
    /// The name it is found by cannot change.
    case fixedName(field: String)
    case tooMany(String, limit: Int)
    /// Its data would be longer than anything is kept.
    case tooLarge(limitBytes: Int)
    /// More entities would be archived with it, or come back with it, than are changed at once.
    case cascadeTooLarge(count: Int, bytes: Int, limitBytes: Int)

    public struct Reference: Sendable, Hashable {
        public let field: String
        public let target: UUID
        /// Nil where nothing has that id.
        public let type: String?
        public let allowed: [String]
    }
}
