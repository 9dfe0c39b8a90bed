import Postgres
import System

/// Finds out whether a database can write again that could not: by a table for a moment, in the same place as all others.
final class WritingProbe: Sendable {
    private let pool: PostgresPool
    private let timeout: Duration
    private let last = Lock<ContinuousClock.Instant?>(nil)

    /// Anyone may ask for readiness, and each probe is work for the database.
    private static let pause: Duration = .seconds(2)

    init(pool: PostgresPool, timeout: Duration) {
        self.pool = pool
        self.timeout = timeout
    }

    /// Whether it can; also false where it was tried a moment ago.
    func canWrite() async -> Bool {
        let now = ContinuousClock.now
        let isDue = last.withLock { last in
            if let last, now - last < Self.pause { return false }
            last = now
            return true
        }
        guard isDue else { return false }
        do {
            try await pool.transaction { connection in
                connection.statementTimeout = timeout
                try connection.runScript(
                    "writing_probe",
                    unsafeSQL: """
                        CREATE TEMPORARY TABLE writing_probe (filler text) ON COMMIT DROP;
                        INSERT INTO writing_probe SELECT md5(number::text) FROM generate_series(1, 4096) AS number;
                        """)
                throw Enough()
            }
        } catch {
            return error is Enough
        }
        return true
    }

    /// Has all of it taken back.
    private struct Enough: Error {}
}
