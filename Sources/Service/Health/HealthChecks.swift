import API
import Entities
import EventLog
import Postgres
import System

/// What `/health/ready` and the console's overview look at.
enum HealthChecks {
    private static let blockagePatience: Duration = .seconds(3)
    /// A batch that archives much takes its time.
    private static let answerPatience: Duration = .seconds(6)

    /// Nothing that could fail: it tells those who look that this is not the installation itself.
    static func fork(_ mark: ForkMark) -> HealthCheck {
        HealthCheck("fork") { .init(.ok, mark.sentence) }
    }

    /// Whether the tables answer, and how far they are where they do not.
    static func tables(_ gate: TableGate) -> HealthCheck {
        HealthCheck("tables") {
            let state = gate.state
            if state.isSuperseded {
                return .init(
                    .failed,
                    "Another version of Life-OS has taken over this database. Start this node with that version, or restart "
                        + "it to take over.")
            }
            if let step = state.opening { return .init(.failed, OpeningEstimate(step).sentence) }
            switch state.beside {
            case nil: return .init(.ok, "The tables are as this version makes them.")
            case .begun:
                return .init(.ok, "The tables answer as they are, and are brought up to date beside.")
            case .working(let step):
                return .init(.ok, "The tables answer as they are. Beside: \(OpeningEstimate(step).sentence)")
            case .failed:
                return .init(
                    .degraded,
                    "The tables answer as they are, but could not be brought up to date. It is tried again; the log says why."
                )
            }
        }
    }

    private static let statementTimeout: Duration = .seconds(1)

    static func database(_ pool: PostgresPool) -> HealthCheck {
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
    static func log(_ pool: PostgresPool, _ clock: any WallClock, _ clockTolerance: Duration) -> HealthCheck {
        HealthCheck("log") {
            do {
                let end = try await LogEnd.read(from: pool, timeout: statementTimeout)
                let condition = LogCondition(end, here: clock.now(), tolerance: clockTolerance)
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

    /// Whether the database takes events. It may well answer, and yet have a full disk, or somebody keeps everybody from
    /// writing. A moment of that is nothing: a rebuild, say, puts its tables in place.
    static func writing(_ service: EntityService) -> HealthCheck {
        let probe = WritingProbe(pool: service.pool, timeout: statementTimeout)
        return HealthCheck("writing") {
            // Otherwise nobody would learn that it does again: whoever asks here sends no changes until then.
            if service.writer.trouble != nil, await probe.canWrite() { service.writer.forgetTrouble() }
            if let trouble = service.writer.trouble {
                return .init(.failed, "\(trouble.sentence) Nothing can be changed; reading still works.")
            }
            do {
                guard let blockage = try await service.writer.blockage(), blockage.age >= blockagePatience else {
                    if let age = service.writer.underWayFor, age >= answerPatience {
                        return .init(
                            .failed,
                            "The database has not answered a change for \(age.components.seconds) seconds. "
                                + "Its disk may hang.")
                    }
                    return .init(.ok, "The database takes changes.")
                }
                return .init(
                    .failed,
                    "Another session of the database has kept changes from being written for "
                        + "\(blockage.age.components.seconds) seconds. The metric lifeos_eventlog_blocked_seconds names it."
                )
            } catch {
                return .init(.failed, "Cannot determine whether changes can be written.")
            }
        }
    }
}
