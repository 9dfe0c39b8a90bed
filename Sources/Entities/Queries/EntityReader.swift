public import Catalogue
import Cryptography
public import EventLog
import JSON
public import Postgres
public import System

/// Answers questions about entities from the projections.
///
/// Everything can be asked about any point in the past, and the answer is, byte for byte, the one that was given then.
public struct EntityReader: Sendable {
    let pool: PostgresPool
    let catalogue: Catalogue
    /// The types that lists over all types show: those that people keep.
    let everyday: [String]

    public init(pool: PostgresPool, catalogue: Catalogue) {
        self.pool = pool
        self.catalogue = catalogue
        everyday = catalogue.types.filter { !$0.isSystem && $0.name != "tag" }.map(\.name)
    }

    /// The position a point stands for; nil for now.
    public func position(of point: Point) async throws -> Int? {
        switch point {
        case .now: return nil
        case .position(let position):
            let head = try await head()
            if position > head { throw PointNotFound.future(head: head) }
            return position
        case .time(let time, _):
            let rows = try await pool.query("log_position_at", "SELECT log.position_at(\(time))")
            return try rows.only(Int.self)
        case .before, .event: return try await point.resolve(in: pool).position
        }
    }

    public func head() async throws -> Int {
        try await pool.query("log_head", "SELECT position FROM log.head").only(Int.self)
    }

    /// An entity's document.
    public func find(_ id: UUID, of type: EntityType, at point: Point = .now) async throws -> [UInt8]? {
        guard let position = try await position(of: point) else {
            return try await pool.query(
                "entity_find", "SELECT document FROM live.entities WHERE id = \(id) AND type = \(type.name)"
            ).first?.value(0, as: JSONBytes.self).bytes
        }
        return try await pool.query(
            "entity_find_then",
            """
            SELECT e.document FROM \(ListQuery.source(asOf: position))
            WHERE e.id = \(id) AND e.type = \(type.name) AND \(ListQuery.present(asOf: position))
            """
        ).first?.value(0, as: JSONBytes.self).bytes
    }

    /// The document an entity had in a version.
    public func version(
        _ version: Int, of id: UUID, _ type: EntityType, at point: Point = .now
    ) async throws -> [UInt8]? {
        let upTo = Int64(try await position(of: point) ?? Int(Int64.max))
        guard let version = Int32(exactly: version) else { return nil }
        return try await pool.query(
            "entity_version",
            """
            SELECT document FROM live.entities
            WHERE id = \(id) AND type = \(type.name) AND version = \(version) AND position <= \(upTo)
            UNION ALL
            SELECT document FROM live.entity_versions
            WHERE id = \(id) AND type = \(type.name) AND version = \(version) AND position <= \(upTo)
            """
        ).first?.value(0, as: JSONBytes.self).bytes
    }

    /// The id of the entity that has this slug, by the field that is unique in its type.
    ///
    /// Earlier versions made other slugs, and so other ids, of a few names: one that was made so is found by its name.
    public func identifier(slug: String, of type: EntityType) async throws -> UUID {
        let derived = type.derivedID(slug: slug)
        let isThere =
            try await pool.query(
                "entity_exists", "SELECT 1 FROM live.entities WHERE id = \(derived) AND type = \(type.name)"
            ).first != nil
        guard !isThere, let field = type.uniqueBy else { return derived }
        let name: SQL = field == type.nameField ? "e.name" : "e.fields->>\(field)"
        let rows = try await pool.query(
            "entities_named",
            """
            SELECT e.id, \(name) FROM live.entities AS e
            WHERE e.type = \(type.name) AND octet_length(\(name)) > length(\(name)) ORDER BY e.created_position
            """)
        return try rows.decode(UUID.self, String.self).first { Slug.of($0.1) == slug }?.0 ?? derived
    }
}
