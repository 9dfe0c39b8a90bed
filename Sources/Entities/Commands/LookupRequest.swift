package import Catalogue
import EventLog
import JSON
import Postgres
import System

/// What a batch of commands has to know before it can be decided.
struct LookupRequest {
    /// The entities that may change.
    private(set) var targets: [(id: UUID, type: String)] = []
    /// Ids that may begin a stream, unless one of any category has them already.
    private(set) var claims: [UUID] = []
    /// Entities that are pointed to, where the field tells which types they may have.
    private(set) var pairs: [(id: UUID, type: String)] = []
    /// Entities that are pointed to and may be anything.
    private(set) var anywhere: [UUID] = []
    /// So many of the targets are those of the leading commands.
    private(set) var firstTargetsCount = 0
    private var seen: Set<EntityKey> = []

    init(_ commands: [EntityCommand], leadingCount: Int = 1, _ catalogue: Catalogue) {
        for (index, command) in commands.enumerated() {
            if index == leadingCount { firstTargetsCount = targets.count }
            switch command.action {
            case .create(let content, let extras):
                // A new id cannot be taken; one made of a name, or given in a file, can.
                if command.type.uniqueBy != nil || !command.isFresh { claim(command.id, command.type) }
                add(content.references, command.type)
                anywhere += extras.links.map(\.target)
                claimTags(extras.tags, catalogue)
            case .patch(let patch):
                target(command.id, command.type)
                add(command.type.references(in: patch).map { .init(field: $0.field, target: $0.target) }, command.type)
            case .revert(_, let content):
                target(command.id, command.type)
                add(content.references, command.type)
            case .tag(let tags):
                target(command.id, command.type)
                claimTags(tags, catalogue)
            case .link(let link):
                target(command.id, command.type)
                anywhere.append(link.target)
            case .declared: claim(command.id, command.type)
            default: target(command.id, command.type)
            }
        }
    }

    private mutating func target(_ id: UUID, _ type: EntityType) {
        if seen.insert(EntityKey(id, type)).inserted { targets.append((id, type.name)) }
    }

    private mutating func claim(_ id: UUID, _ type: EntityType) {
        target(id, type)
        claims.append(id)
    }

    private mutating func claimTags(_ tags: [String], _ catalogue: Catalogue) {
        guard let type = catalogue.tag else { return }
        for tag in tags { claim(type.derivedID(slug: tag), type) }
    }

    private mutating func add(_ references: [Content.Reference], _ type: EntityType) {
        for reference in references {
            guard let path = type.references.first(where: { $0.path == reference.field }) else { continue }
            if path.reference.types == ["*"] {
                anywhere.append(reference.target)
            } else {
                pairs += path.reference.types.map { (reference.target, $0) }
            }
        }
    }

    /// For each target that is there: its place among them, its document and where it began. Documents beyond the limit are
    /// left out, unless the leading commands need them: whoever needs them begins another batch.
    func loadTargets(bytesMax: Int) -> SQL {
        let (ids, types) = (targets.map(\.id), targets.map(\.type))
        let wanted: SQL = """
            SELECT w.place, e.document, e.created_position
            FROM unnest(\(ids), \(types)) WITH ORDINALITY AS w (id, type, place)
            JOIN live.entities AS e ON e.id = w.id AND e.type = w.type
            """
        if firstTargetsCount == 0 || firstTargetsCount == targets.count { return wanted }
        return """
            SELECT place, CASE WHEN place <= \(Int64(firstTargetsCount)) OR
                    sum(octet_length(document::text)) OVER (ORDER BY place) <= \(Int64(bytesMax))
                THEN document END, created_position
            FROM (\(wanted)) AS wanted
            """
    }

    var loadOwners: SQL { "SELECT s.stream, s.category FROM log.streams AS s WHERE s.stream = ANY(\(claims))" }

    var checkPairs: SQL {
        """
        SELECT e.id, e.type FROM unnest(\(pairs.map(\.id)), \(pairs.map(\.type))) AS w (id, type)
        JOIN live.entities AS e ON e.id = w.id AND e.type = w.type
        """
    }

    var checkAnywhere: SQL { "SELECT e.id, e.type FROM live.entities AS e WHERE e.id = ANY(\(anywhere))" }

}

extension Catalogue {
    /// The type of tags, where the catalogue has one: tags that are used for the first time come into being by that.
    package var tag: EntityType? { self[type: "tag"] }
}
