import Catalogue
import Cryptography
import Entities
import JSON
import Postgres
import System

/// Adds up the steps of a rollback and remembers what they do to references.
struct RollbackTally {
    private(set) var report = RollbackReport()
    private var chain = SHA256Digest.zero
    private var archived: Set<UUID> = []
    private var unarchived: Set<UUID> = []
    /// References that restored data bring back.
    private var back: [BrokenReference] = []
    private var gone: Set<BrokenReference> = []

    mutating func add(_ step: RollbackStep, _ change: StreamChange) {
        report.entities[step.type, default: [:]][step.outcome, default: 0] += 1
        report.partCount += step.changes.count
        report.conflictCount += step.conflicts.count
        chain = SHA256.hash(chain.bytes + step.encoded())
        switch step.outcome {
        case .archived: archived.insert(step.id)
        case .unarchived: unarchived.insert(step.id)
        case .changed, .leftAlone: break
        }
        if step.restoration.data == nil, step.restoration.links == nil { return }
        let old = Self.references(of: change.after, change.type)
        let new = Self.references(of: change.after.with(step.restoration), change.type)
        back += new.subtracting(old)
        gone.formUnion(old.subtracting(new))
    }

    private static func references(of entity: Entity, _ type: EntityType) -> Set<BrokenReference> {
        func reference(_ field: String, _ target: UUID) -> BrokenReference {
            BrokenReference(source: entity.id, sourceType: entity.type, field: field, target: target)
        }
        return Set(
            type.references(in: .object(entity.data)).map { reference($0.field, $0.target) }
                + entity.links.map { reference("links.\($0.relation)", $0.target) })
    }

    /// Looks up what in use would refer to what is archived. Says the same before the steps are carried out as afterwards.
    consuming func finish(_ pool: PostgresPool) async throws -> RollbackReport {
        report.fingerprint = String(chain.hex.prefix(16))
        var broken = Set(try await referrers(pool))
        let candidates = (back + (try await unarchivedReferences(pool))).filter { !archived.contains($0.source) }
        for references in candidates.chunks(of: Self.idsPerQuery) {
            let targets = references.map(\.target)
            let away: Set<UUID> = Set(
                try await pool.query(
                    "rollback_archived", "SELECT id FROM live.entities WHERE id = ANY(\(targets)) AND archived"
                ).decode(UUID.self))
            for reference in references
            where archived.contains(reference.target)
                || away.contains(reference.target) && !unarchived.contains(reference.target)
            {
                broken.insert(reference)
            }
        }
        report.brokenCount = broken.count
        report.broken = Array(
            broken.sorted { ($0.source, $0.field, $0.target) < ($1.source, $1.field, $1.target) }
                .prefix(RollbackReport.namedMax))
        return report
    }

    /// What refers, and will still do so, to what is put away.
    private func referrers(_ pool: PostgresPool) async throws -> [BrokenReference] {
        var referrers: [BrokenReference] = []
        for ids in Array(archived).chunks(of: Self.idsPerQuery) {
            let rows = try await pool.query(
                "rollback_referrers",
                """
                SELECT r.source, r.source_type, r.field, r.target, e.archived FROM live.entity_references AS r
                JOIN live.entities AS e ON e.id = r.source AND e.type = r.source_type
                WHERE r.target = ANY(\(ids)) AND r.until_position = \(Int64.max)
                """
            ).decode(UUID.self, String.self, String.self, UUID.self, Bool.self)
            for (source, type, field, target, isArchived) in rows {
                let reference = BrokenReference(source: source, sourceType: type, field: field, target: target)
                let isInUse = unarchived.contains(source) || !isArchived && !archived.contains(source)
                if isInUse, !gone.contains(reference) { referrers.append(reference) }
            }
        }
        return referrers
    }

    /// What those refer to that come back from the archive.
    private func unarchivedReferences(_ pool: PostgresPool) async throws -> [BrokenReference] {
        var references: [BrokenReference] = []
        for ids in Array(unarchived).chunks(of: Self.idsPerQuery) {
            references += try await pool.query(
                "rollback_references",
                """
                SELECT source, source_type, field, target FROM live.entity_references
                WHERE source = ANY(\(ids)) AND until_position = \(Int64.max)
                """
            ).decode(UUID.self, String.self, String.self, UUID.self).map {
                BrokenReference(source: $0, sourceType: $1, field: $2, target: $3)
            }
        }
        return references.filter { !gone.contains($0) }
    }

    private static let idsPerQuery = 5_000
}

extension Array {
    func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
