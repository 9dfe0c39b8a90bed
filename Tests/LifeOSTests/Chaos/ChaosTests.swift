import System
import TestSupport
import Testing

/// Kills what it can while it writes, and then looks whether every promise was kept. `ops/test --chaos` does so 50 times.
@Suite(.serialized) struct ChaosTests {
    @Test func aKilledServerLosesAndDoublesNothing() async throws {
        try await survive(.server, SeededRandom.forTest())
    }

    @Test func aKilledDatabaseLosesAndDoublesNothing() async throws {
        try await survive(.database, SeededRandom.forTest())
    }

    private enum Victim { case server, database }

    private func survive(_ victim: Victim, _ seeded: SeededRandom) async throws {
        var random = seeded
        let folder = try TemporaryFolder()
        let ledger = Ledger()
        var lifeos = try await RunningLifeOS.start(home: folder.path)
        for round in 1...Chaos.rounds {
            let writers = Writers(ledger, round: round, lifeos)
            let work = Task { await writers.run() }
            let enough = ledger.promiseCount + Int.random(in: 1...150, using: &random)
            try await eventually(within: .seconds(60), "writes are acknowledged") { ledger.promiseCount >= enough }
            switch victim {
            case .server:
                lifeos.child.signal(.kill)
                _ = try await lifeos.child.waitForExit(within: .seconds(10))
                await work.value
                lifeos = try await RunningLifeOS.start(home: folder.path)
            case .database:
                try Chaos.killDatabase(home: folder.path, using: &random)
                writers.stop()
                await work.value
            }
            try await ledger.settle(with: lifeos)
            try await ledger.audit(with: lifeos, using: &random)
            try await Chaos.examine(home: folder.path, round: round)
        }
        #expect(try await lifeos.stop()?.isSuccess == true)
    }
}

/// What both kinds of killing share.
enum Chaos {
    /// `ops/test --chaos` sets `LIFEOS_TEST_CHAOS`.
    static let rounds = TestEnvironment.number("LIFEOS_TEST_CHAOS") ?? 2

    /// Kills one of PostgreSQL's processes, now and then the one above all.
    static func killDatabase(home: String, using random: inout SeededRandom) throws {
        let file = try Files.readText("\(home)/postgres/postmaster.pid")
        let above = try #require(file.split(separator: "\n").first.flatMap { Int32($0) })
        let below = try Files.names(in: "/proc").compactMap { Int32($0) }.filter { parent(of: $0) == above }
        let victim = Int.random(in: 0..<4, using: &random) == 0 ? above : below.sorted().randomElement(using: &random)
        let process = try #require(victim.flatMap { RunningProcess(id: $0) })
        process.signal(.kill)
    }

    private static func parent(of process: Int32) -> Int32? {
        guard let status = try? Files.readText("/proc/\(process)/stat"), let end = status.lastIndex(of: ")") else {
            return nil
        }
        return status[status.index(after: end)...].split(separator: " ").dropFirst().first.flatMap { Int32($0) }
    }

    /// The operator's own tools have nothing to complain about.
    static func examine(home: String, round: Int) async throws {
        for command in [["log", "verify"], ["projections", "check"]] {
            let result = try await RunningLifeOS.run(command, home: home)
            #expect(result.exit.isSuccess, "round \(round), \(command): \(result.outputText) \(result.errorText)")
        }
    }
}
