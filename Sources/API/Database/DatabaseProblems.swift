import EventLog
public import HTTPServer
import Postgres

/// What is said where it is not the request but the database that is at fault: no mistake of ours, and worth another try.
public enum DatabaseProblems {
    /// Has every route say so, whichever way it came to the database.
    public static func declare(in router: inout Router) { router.translateErrors { problem($0) } }

    /// Nil for what is a mistake of ours.
    static func problem(_ error: any Error) -> Problem? {
        switch error {
        case let error as PostgresError: problem(error)
        case let error as CommandWriterError: EntityProblems.problem(error)
        default: nil
        }
    }

    static func problem(_ error: PostgresError) -> Problem? {
        if let trouble = error.trouble { return problem(trouble) }
        let isAway =
            error.isConnectionLost
            || [.connectionRefused, .poolTimeout, .poolOverloaded, .poolClosed, .statementTimeout, .lockNotAvailable]
                .contains(error.code)
        guard isAway else { return nil }
        return .serviceUnavailable(
            "The database is unavailable.", retryAfter: .seconds(2), code: "database_unavailable")
    }

    private static func problem(_ trouble: PostgresError.Trouble) -> Problem {
        let detail = "\(trouble.sentence) Nothing was changed."
        return switch trouble {
        case .diskFull:
            Problem(
                .insufficientStorage, "database_full",
                "\(detail) What is there can be read. Ask an administrator to make room, then try again.",
                headers: ["Retry-After": "60"])
        case .exhausted: .serviceUnavailable(detail, retryAfter: .seconds(5), code: "database_exhausted")
        case .failing:
            .serviceUnavailable(
                "\(detail) Ask an administrator to look into PostgreSQL's log.", retryAfter: .seconds(60),
                code: "database_failing")
        case .stopping: .serviceUnavailable(detail, retryAfter: .seconds(2), code: "database_unavailable")
        }
    }
}
