import EventLog
import HTTPServer
import Postgres

/// What is said to clients who name a point that the log does not have.
enum PointProblems {
    static func problem(_ error: PointNotFound, parameter: String) -> Problem {
        switch error {
        case .future(let head):
            .invalidParameters([
                .init(
                    .parameter(parameter), "future",
                    "The log ends at position \(head). Ask for that one or an earlier one.")
            ])
        case .unknown(let sentence): .invalidParameters([.init(.parameter(parameter), "unknown", sentence)])
        }
    }

    /// Runs `body` and turns its errors about the point in this parameter into problems.
    static func translating<Result>(_ parameter: String, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as PointNotFound {
            throw problem(error, parameter: parameter)
        } catch let inside as InsideCommand {
            throw Problem.invalidParameters([
                .init(.parameter(parameter), "inside_command", "\(inside) \(inside.advice)")
            ])
        } catch let error as PostgresError {
            throw try EntityProblems.problem(error)
        }
    }
}
