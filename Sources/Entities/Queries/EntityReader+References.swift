public import EventLog
import Postgres
public import System

/// One arrow of the graph, seen from an entity.
public struct ReferenceAnswer: Sendable {
    public let field: String
    /// The entity at the other end.
    public let id: UUID
    public let type: String
    public let name: String
    public let isArchived: Bool
}

extension EntityReader {
    public static let referencesMax = 1_000

    /// What an entity points to, and what points to it.
    public func references(
        of id: UUID, at point: Point = .now
    ) async throws -> (outgoing: [ReferenceAnswer], incoming: [ReferenceAnswer], position: Int) {
        let asOf = try await position(of: point)
        let upTo = Int64(asOf ?? Int(Int64.max) - 1)
        let source = ListQuery.source(asOf: asOf)
        var batch = Batch.snapshot("entity_references")
        for (own, other) in [("source", "target"), ("target", "source")] as [(SQL, SQL)] {
            batch.add(
                "references_of",
                """
                SELECT r.field, e.id, e.type, e.name, e.archived FROM live.entity_references AS r
                JOIN \(source) ON e.id = r.\(other)
                WHERE r.\(own) = \(id) AND \(ListQuery.present(asOf: asOf)) AND r.position <= \(upTo) AND r.until_position > \(upTo)
                ORDER BY r.field, e.created_position LIMIT \(Int64(Self.referencesMax))
                """)
        }
        batch.endSnapshot()
        let answers = try await pool.run(batch)
        func decode(_ rows: Rows) throws -> [ReferenceAnswer] {
            try rows.decode(String.self, UUID.self, String.self, String.self, Bool.self).map {
                ReferenceAnswer(field: $0, id: $1, type: $2, name: $3, isArchived: $4)
            }
        }
        let head = try Batch.head(in: answers).position
        return (try decode(answers[3]), try decode(answers[4]), asOf ?? head)
    }
}
