import Catalogue
import Postgres
import Replay
import System
import Telemetry

/// A diff, which folds every event, against only reading the same events in the same order.
extension StudioBench {
    func diffing(_ events: Int) async throws -> Comparison {
        let pool = try await PostgresPool(
            configuration: .init(connection: conninfo), metrics: Metrics(), logger: .silent)
        let diff = Diff(pool: pool, catalogue: try Catalogue.load(from: ["\(Bench.checkout)/events"]))
        let row = try await Comparison.alternate(
            "diff of \(number(Double(events))) events", unit: "events/s", against: "psql \\copy of them, sorted",
            aim: .none, rounds: rounds,
            ours: {
                var parts = 0
                let start = ContinuousClock.now
                let report = try await diff.run(from: 0, to: events, each: { parts += $0.parts.count })
                guard report.eventCount == events, parts > events else { throw BenchError("the diff saw too little") }
                return Double(events) / start.duration(to: .now).inSeconds
            },
            peer: {
                let start = ContinuousClock.now
                try await psql(
                    "\\copy (SELECT * FROM log.events WHERE position <= \(events) ORDER BY stream, version) TO '/dev/null'"
                )
                return Double(events) / start.duration(to: .now).inSeconds
            })
        await pool.close()
        return row
    }
}
