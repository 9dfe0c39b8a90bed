import API
import EventLog
import Postgres
import System

/// What `/health/ready` and the console's overview look at. A new dependency gets a check here.
enum HealthChecks {
    /// - Parameter clockTolerance: see ``LifeOSSettings/clockTolerance``.
    static func all(pool: PostgresPool, clockTolerance: Duration, _ mark: ForkMark?) -> [HealthCheck] {
        [database(pool), log(pool, clockTolerance)] + [mark.map(fork)].compactMap { $0 }
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

    /// Whether events can be appended: a head that was changed by hand keeps everyone from it.
    private static func log(_ pool: PostgresPool, _ clockTolerance: Duration) -> HealthCheck {
        HealthCheck("log") {
            do {
                let end = try await LogEnd.read(from: pool, timeout: statementTimeout)
                let condition = LogCondition(end, here: SystemWallClock().now(), tolerance: clockTolerance)
                return switch condition.state {
                case .sound: .init(.ok, condition.sentence)
                case .odd: .init(.degraded, condition.sentence)
                case .unusable: .init(.failed, "\(condition.sentence) `lifeos doctor` says how.")
                }
            } catch {
                return .init(.failed, "The log cannot be read.")
            }
        }
    }
}
