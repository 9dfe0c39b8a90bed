public import EventLog
import Postgres
import System

/// How often a tag is used.
public struct TagCount: Sendable {
    public let slug: String
    public let name: String
    public let category: String?
    public let color: String?
    public let count: Int
}

extension EntityReader {
    public static let tagsMax = 500

    /// Tags with how many entities wear them, the most used first.
    ///
    /// - Parameters:
    ///   - type: only those worn by entities of a type.
    ///   - prefix: only those whose name begins so; also tags that nobody wears yet.
    public func tags(
        type: String? = nil, prefix: String? = nil, limit: Int, at point: Point = .now
    ) async throws -> (items: [TagCount], position: Int) {
        let asOf = try await position(of: point)
        let source = ListQuery.source(asOf: asOf)
        let types = type.map { [$0] } ?? everyday
        let slug = prefix.map { Slug.of($0) ?? "" }
        var batch = Batch.snapshot("tags_count")
        let beginning: SQL = slug.map { "starts_with(worn.tag, \($0))" } ?? "true"
        batch.add(
            "tags_worn",
            """
            SELECT worn.tag, count(*) FROM \(source), unnest(e.tags) AS worn (tag)
            WHERE \(beginning) AND \(ListQuery.present(asOf: asOf)) AND e.type = ANY(\(types)) AND NOT e.archived
            GROUP BY worn.tag ORDER BY count(*) DESC, worn.tag LIMIT \(Int64(limit))
            """)
        batch.add(
            "tags_known",
            """
            SELECT e.id, e.name, e.fields->>'category', e.fields->>'color' FROM \(source)
            WHERE e.type = 'tag' AND \(ListQuery.present(asOf: asOf)) AND NOT e.archived ORDER BY e.created_position
            """)
        batch.endSnapshot()
        let answers = try await pool.run(batch)
        let head = try Batch.head(in: answers).position
        let rows = try answers[4].decode(UUID?.self, String.self, String?.self, String?.self)
        var facts: [String: (name: String, category: String?, color: String?)] = [:]
        for (_, name, category, color) in rows {
            // Two tags may share a slug where an earlier version made another of one. The first knows more.
            guard let slug = Slug.of(name), facts[slug] == nil else { continue }
            facts[slug] = (name, category, color)
        }
        var items = try answers[3].decode(String.self, Int64.self).map { slug, count in
            TagCount(
                slug: slug, name: facts[slug]?.name ?? slug, category: facts[slug]?.category, color: facts[slug]?.color,
                count: Int(count))
        }
        if let slug {
            let shown = Set(items.map(\.slug))
            for (unworn, fact) in facts.sorted(by: { $0.key < $1.key })
            where items.count < limit && unworn.hasPrefix(slug) && !shown.contains(unworn) {
                items.append(
                    TagCount(slug: unworn, name: fact.name, category: fact.category, color: fact.color, count: 0))
            }
        }
        return (items, asOf ?? head)
    }
}
