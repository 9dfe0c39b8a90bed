package import CLI
package import EventLog
import Postgres
import System

extension Failure {
    /// Why a point was not found.
    package init(_ error: PointNotFound) {
        switch error {
        case .future(let head):
            self.init(
                "The log ends at position \(head).", advice: "Use that position or an earlier one.", code: .usage,
                exitCode: .usage)
        case .unknown(let sentence):
            self.init(
                sentence, advice: "`lifeos log show --json` shows the stream, command and correlation of each event.",
                code: .usage, exitCode: .usage)
        }
    }

    /// Runs `body` and says to people what to do where a point or a fork is not as they think.
    package static func telling<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let error as PointNotFound {
            throw Failure(error)
        } catch let error as any AdvisingError {
            throw Failure(error.description, advice: error.advice)
        } catch let error as PostgresError {
            guard let trouble = error.trouble else { throw error }
            throw Failure("\(trouble.sentence) (\(error.message))", advice: trouble.advice)
        }
    }
}
