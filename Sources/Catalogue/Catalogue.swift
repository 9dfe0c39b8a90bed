/// Every type of entity there is, and every category of the system: what can be in the log.
///
/// It is read once at start from the files of `events/`, checked as a whole, and never changes afterwards.
public struct Catalogue: Sendable {
    /// The category of events that keep the answers of commands which changed nothing: it needs no file, and none may have
    /// its name.
    public static let receiptCategory = "command"

    /// In order of their names, the system's categories among them.
    public let types: [EntityType]
    private let byName: [String: EntityType]
    private let byCollection: [String: EntityType]
    private let byEvent: [String: EventDeclaration]

    init(checked types: [EntityType]) {
        self.types = types.sorted { $0.name < $1.name }
        byName = Dictionary(types.map { ($0.name, $0) }) { first, _ in first }
        byEvent = Dictionary(types.flatMap(\.events).map { ($0.eventType, $0) }) { first, _ in first }
        byCollection = Dictionary(types.map { ($0.collection, $0) }) { first, _ in first }
    }

    /// The type of that name, which is also the category of its events.
    public subscript(type name: String) -> EntityType? { byName[name] }

    /// The type whose entities are served under that collection, such as `clothing-items`.
    public func type(collection: String) -> EntityType? { byCollection[collection] }

    /// The declaration of an event by its whole type, such as `character.created`.
    public func event(_ eventType: String) -> EventDeclaration? { byEvent[eventType] }
}
