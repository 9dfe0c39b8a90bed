import API
import Postgres

/// What `/health/ready` and the console's overview look at. A new dependency gets a check here.
enum HealthChecks {
    static func all(pool: PostgresPool, _ mark: ForkMark?) -> [HealthCheck] {
        [database(pool)] + [mark.map(fork)].compactMap { $0 }
    }

    /// Nothing that could fail: it tells those who look that this is not the installation itself.
    private static func fork(_ mark: ForkMark) -> HealthCheck {
        HealthCheck("fork") { .init(.ok, mark.sentence) }
    }

    private static let statementTimeout: Duration = .seconds(1)

    private static func database(_ pool: PostgresPool) -> HealthCheck {
        HealthCheck("database") {
            do {
                let version = try await pool.withConnection { connection in
                    connection.statementTimeout = statementTimeout
                    _ = try connection.query("health", "SELECT 1")
                    return connection.serverVersion
                }
                return .init(.ok, "PostgreSQL \(version / 10_000).\(version % 10_000) answers.")
            } catch let error as PostgresError {
                // The whole error may name hosts and users; the log has it.
                return .init(.failed, "PostgreSQL does not answer (\(error.code.rawValue)).")
            } catch {
                return .init(.failed, "PostgreSQL does not answer.")
            }
        }
    }
}
