import CLI
import Configuration
import Entities
import EventLog
import Postgres
import Replay
import System

extension Kind where Value == Point {
    /// Any point of the log. Times without an offset are read by the clocks of this process.
    static var point: Kind {
        Kind(
            form: "a point such as 1200, 2026-11-21T06:10:34Z, -15m or \"yesterday 18:00\"", placeholder: "point",
            completion: .words(["now", "-15m", "-1h", "-1d", "today", "yesterday"])
        ) { text, _ throws(Malformed) in
            do throws(PointProblem) {
                return try Point(parsing: text, now: SystemWallClock().now(), in: .ofThisProcess)
            } catch {
                throw Malformed(hint: error.description)
            }
        }
    }
}

extension Failure {
    /// Why a point was not found.
    init(_ problem: QueryProblem) {
        switch problem {
        case .future(let head):
            self.init(
                "The log ends at position \(head).", advice: "Ask for that one or an earlier one.", code: .usage,
                exitCode: .usage)
        case .noSuchPoint(let sentence):
            self.init(
                sentence, advice: "`lifeos log show --json` tells of each event its stream, command and correlation.",
                code: .usage, exitCode: .usage)
        case .badCursor: self.init("The cursor is not one of ours.", advice: "Begin with the first page.")
        case .anotherLog: self.init("The cursor is of another log.", advice: "Begin with the first page.")
        case .notFound: self.init("There is no such entity.", advice: "`lifeos log show` tells what there was.")
        }
    }

    /// Runs `body` and says to people what to do where a point or a fork is not as they think.
    static func telling<Result>(_ body: () async throws -> Result) async throws -> Result {
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

extension EventFilter {
    /// Leaves out what was before a point: a time keeps what was recorded right then, a position is itself left out.
    mutating func begin(at point: Point, in pool: PostgresPool) async throws {
        if case .time(let time, _) = point {
            since = time
        } else {
            after = max(after ?? 0, try await point.resolve(in: pool).position)
        }
    }

    /// Leaves out what came after a point.
    mutating func end(at point: Point, in pool: PostgresPool) async throws {
        if case .time(let time, _) = point {
            until = time
        } else {
            upTo = min(upTo ?? .max, try await point.resolve(in: pool).position)
        }
    }
}
