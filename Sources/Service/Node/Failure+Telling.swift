package import CLI
package import Entities
import Postgres
import Recovery

extension Failure {
    /// Why a point was not found.
    package init(_ problem: QueryProblem) {
        switch problem {
        case .future(let head):
            self.init(
                "The log ends at position \(head).", advice: "Ask for that one or an earlier one.", code: .usage,
                exitCode: .usage)
        case .noSuchPoint(let sentence):
            self.init(
                sentence, advice: "`lifeos log show --json` shows the stream, command and correlation of each event.",
                code: .usage, exitCode: .usage)
        case .badCursor: self.init("The cursor is not one of ours.", advice: "Begin with the first page.")
        case .anotherLog: self.init("The cursor is of another log.", advice: "Begin with the first page.")
        case .notFound: self.init("There is no such entity.", advice: "`lifeos log show` tells what there was.")
        }
    }

    /// Runs `body` and says to people what to do where a point or a fork is not as they think.
    package static func telling<Result>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch let problem as QueryProblem {
            throw Failure(problem)
        } catch let error as any AdvisingError {
            throw Failure(error.description, advice: error.advice)
        } catch let error as PostgresError {
            guard let trouble = error.trouble else { throw error }
            throw Failure("\(trouble.sentence) (\(error.message))", advice: trouble.advice)
        }
    }
}
