import CLI
import Configuration
import Entities
import EventLog
import Postgres
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
