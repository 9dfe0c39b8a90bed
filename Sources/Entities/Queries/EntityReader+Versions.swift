import Postgres
public import System

extension EntityReader {
    /// The documents that many entities had in one version each, by entity and version.
    public func documents(of wanted: [(id: UUID, version: Int)]) async throws -> [UUID: [Int: [UInt8]]] {
        let (ids, versions) = (wanted.map(\.id), wanted.map { Int32(clamping: $0.version) })
        let rows = try await pool.query(
            "entity_versions_many",
            """
            SELECT e.id, e.version, e.document FROM unnest(\(ids), \(versions)) AS w (id, version)
            JOIN live.entities AS e ON e.id = w.id AND e.version = w.version
            UNION ALL
            SELECT e.id, e.version, e.document FROM unnest(\(ids), \(versions)) AS w (id, version)
            JOIN live.entity_versions AS e ON e.id = w.id AND e.version = w.version
            """)
        var documents: [UUID: [Int: [UInt8]]] = [:]
        for (id, version, document) in try rows.decode(UUID.self, Int32.self, JSONBytes.self) {
            documents[id, default: [:]][Int(version)] = document.bytes
        }
        return documents
    }
}
