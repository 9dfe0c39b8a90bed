import EventLog
import Postgres
public import System

/// What a run of events changes in the projections. The writer fills one for each batch, the rebuild one for each stream, so
/// both write the same rows.
public struct EntityChanges: Sendable {
    /// Entities whose present version, as the database holds it, becomes the past.
    private(set) var moved: [(id: UUID, type: String, until: Int)] = []
    /// Versions that came and went within the run.
    public private(set) var passed: [(row: EntityRow, until: Int)] = []
    public private(set) var newReferences: [ReferenceRow] = []
    private(set) var goneReferences: [ReferenceRow] = []
    /// Each word with the first position that brought it.
    public private(set) var words: [String: Int] = [:]
    public private(set) var receipts: [Receipt] = []
    private var last: [EntityKey: Int] = [:]
    private var rows: [EntityRow] = []

    public init() {}

    /// The latest version of each entity.
    public var present: [EntityRow] { rows }

    /// The document of an entity's latest version, where this run has brought one.
    func document(of key: EntityKey) -> [UInt8]? { last[key].map { rows[$0].document } }

    /// Takes in one more version.
    ///
    /// - Parameters:
    ///   - before: the state before, with what was derived from its data; nil where the entity is new.
    ///   - isWord: whether a word still has to be told to the database.
    public mutating func add(
        _ entity: Entity, _ content: Content, before: (entity: Entity, content: Content)?,
        isNew isWord: (String) -> Bool
    ) {
        let row = EntityRow(entity, content)
        let key = EntityKey(entity)
        if let index = last[key] {
            passed.append((rows[index], entity.position))
            rows[index] = row
        } else {
            if let before { moved.append((before.entity.id, before.entity.type, entity.position)) }
            last[key] = rows.count
            rows.append(row)
        }
        if before?.content.encoded != content.encoded {
            for word in content.search.words where words[word] == nil && isWord(word) {
                words[word] = entity.position
            }
        }
        let old = before.map { ReferenceRow.all(of: $0.entity, $0.content) } ?? []
        // Most entities point nowhere.
        if old.isEmpty, content.references.isEmpty, entity.links.isEmpty { return }
        changeReferences(from: Set(old), to: ReferenceRow.all(of: entity, content), of: entity)
    }

    private mutating func changeReferences(
        from old: Set<ReferenceRow.Key>, to new: [ReferenceRow.Key], of entity: Entity
    ) {
        var known = old
        for key in new where known.insert(key).inserted {
            newReferences.append(ReferenceRow(key, position: entity.position))
        }
        let kept = Set(new)
        for key in old.subtracting(kept).sorted() {
            // One that began in this very run is not in the database yet.
            if let index = newReferences.lastIndex(where: { $0.key == key && $0.until == ReferenceRow.open }) {
                newReferences[index].until = entity.position
            } else {
                goneReferences.append(ReferenceRow(key, position: 0, until: entity.position))
            }
        }
    }

    /// Hands over the versions that came and went so far, for those who fold long streams.
    mutating func takePassed() -> [(row: EntityRow, until: Int)] {
        defer { passed.removeAll(keepingCapacity: true) }
        return passed
    }

    public mutating func add(_ receipt: Receipt) {
        receipts.removeAll { $0.place == receipt.place }
        receipts.append(receipt)
    }
}

/// That something pointed to something else from one position until another.
public struct ReferenceRow: Sendable, Hashable {
    /// What a reference is, wherever it begins.
    public struct Key: Sendable, Hashable, Comparable {
        let source: UUID
        let sourceType: String
        let field: String
        let target: UUID

        public static func < (left: Key, right: Key) -> Bool {
            (left.source, left.field, left.target) < (right.source, right.field, right.target)
        }
    }

    public static let open = Int(Int64.max)

    let key: Key
    public let position: Int
    public internal(set) var until: Int

    init(_ key: Key, position: Int, until: Int = open) {
        self.key = key
        self.position = position
        self.until = until
    }

    public var source: UUID { key.source }
    public var sourceType: String { key.sourceType }
    public var field: String { key.field }
    public var target: UUID { key.target }

    /// What an entity points to, by its fields and its links.
    static func all(of entity: Entity, _ content: Content) -> [Key] {
        content.references.map { Key(source: entity.id, sourceType: entity.type, field: $0.field, target: $0.target) }
            + entity.links.map {
                Key(
                    source: entity.id, sourceType: entity.type, field: RowRules.indexed("links.\($0.relation)"),
                    target: $0.target)
            }
    }
}

/// That a command was carried out under a key.
public struct Receipt: Sendable, Hashable {
    public let actor: String
    public let key: String
    /// The place of the command in the request, which the key stands for as a whole.
    public let part: Int
    public let fingerprint: String
    /// The entity whose version was the answer.
    public let id: UUID
    public let version: Int
    public let position: Int
    public let recordedAt: Timestamp

    /// What there is one receipt for.
    struct Place: Hashable, Sendable {
        let actor: String
        let key: String
        let part: Int
    }

    init(
        actor: String, _ idempotency: EventMeta.Idempotency, id: UUID, version: Int, position: Int,
        recordedAt: Timestamp
    ) {
        self.actor = actor
        key = idempotency.key
        part = idempotency.part
        fingerprint = idempotency.fingerprint
        self.id = id
        self.version = version
        self.position = position
        self.recordedAt = recordedAt
    }

    var place: Place { Place(actor: actor, key: key, part: part) }

    /// How long a repetition gets the first answer.
    public static let kept: Duration = .seconds(7 * 24 * 3_600)
}
