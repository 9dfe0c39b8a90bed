import Entities
import EventLog
import JSON
import Postgres
import Recovery
import Replay
import System
import Telemetry
import TestStudio
import TestSupport
import Testing

/// What a rollback does is what it said, and what it did in a fork.
@Suite(.serialized) struct PredictionTests {
    @Test func aForkPredictsARollbackToTheLastTag() async throws {
        var random = SeededRandom.forTest()
        for _ in 0..<Effort.rounds(3) {
            let seed = random.seed
            try await Studio.with { studio in
                let crowd = Crowd(studio: studio)
                try await crowd.live(100, using: &random)
                let head = try await crowd.head()
                var scope = ChangeScope(after: Int.random(in: 0..<head, using: &random), upTo: head)
                if Bool.random(using: &random) { scope.actor = "ben" }
                let order = RollbackOrder(.rollback, scope: scope, isForced: Bool.random(using: &random))

                let root = Studio.root
                let blueprint = try Blueprint(projections: "\(root)/projections", events: ["\(root)/events"])
                let forks = Forks(pool: studio.pool, blueprint: blueprint, logger: .silent)
                let fork = try await forks.make(name: "prediction", at: head)
                let pool = try await forks.open(fork)
                let predicted = try await Rollback(studio.service).dryRun(order)
                let inFork = try await run(order, on: pool, studio)
                let here = try await run(order, on: studio.pool, studio)
                #expect(inFork == predicted && here == predicted, "seed \(seed)")
                let states = try await Crowd.states(in: pool)
                #expect(try await crowd.states() == states, "seed \(seed)")
                await pool.close()
                try await forks.drop("prediction")
            }
        }
    }

    /// With a writer of its own, as each process has one.
    private func run(
        _ order: RollbackOrder, on pool: PostgresPool, _ studio: Studio
    ) async throws -> RollbackReport {
        try await EntityService(studio.blueprint, on: pool, metrics: Metrics(), logger: .silent).running {
            try await Rollback($0).run(order, as: Entities.Operation($0, actor: "admin"))
        }
    }
}
