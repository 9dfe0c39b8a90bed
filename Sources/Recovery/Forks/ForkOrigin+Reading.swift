import Cryptography
import EventLog
public import Postgres
import System

extension ForkOrigin {
    /// What a database knows of itself: nil where it is no fork.
    public static func read(from pool: PostgresPool) async throws -> ForkOrigin? {
        let rows = try await pool.query(
            "fork_origin", "SELECT name, source, position, hash, created_at, reason FROM fork")
        guard let row = rows.first else { return nil }
        let (name, source, position, hash, createdAt, reason) = try row.decode(
            String.self, UUID.self, Int.self, SHA256Digest.self, Timestamp.self, String?.self)
        guard let name = ForkName(name) else { throw ForkError.badName(name) }
        return ForkOrigin(
            name: name, source: source, position: position, hash: hash, createdAt: createdAt, reason: reason)
    }

    /// To be called once, when its log is filled.
    func write(to pool: PostgresPool) async throws {
        try await pool.execute(
            "fork_origin_write",
            """
            INSERT INTO fork (name, source, position, hash, created_at, reason)
            VALUES (\(name.text), \(source), \(Int64(position)), \(hash), \(createdAt), \(reason))
            """)
    }
}
