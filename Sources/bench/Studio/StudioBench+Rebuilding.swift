import Catalogue
import Entities
import JSON
import Postgres
import Projections
import System
import Telemetry

/// Rebuilding every projection against copying the finished rows into the same tables with the same indexes.
extension StudioBench {
    func rebuilding() async throws -> [Comparison] {
        let blueprint = try blueprint()
        return [
            try await .alternate(
                "rebuild of all projections", unit: "rows/s", against: "COPY of the rows", aim: .ratioAtLeast(0.3),
                rounds: 1,
                ours: {
                    let report = try await rebuild(blueprint)
                    return Double(report.rows) / report.elapsed.inSeconds
                },
                peer: { try await copyRowsPerSecond(blueprint.set) })
        ]
    }

    private func blueprint() throws -> Blueprint {
        try Blueprint(projections: "\(Bench.checkout)/projections", events: ["\(Bench.checkout)/events"])
    }

    /// Dropping what was in use before is not part of it: that is the operator's to decide.
    private func rebuild(_ blueprint: Blueprint) async throws -> Rebuilder.Report {
        let pool = try await pool()
        let rebuilder = Rebuilder(set: blueprint.set, fold: blueprint.fold, pool: pool, logger: .silent)
        let report = try await rebuilder.rebuild()
        await pool.close()
        try await psql("DROP SCHEMA \(report.oldSchema) CASCADE")
        return report
    }

    private func copyRowsPerSecond(_ set: ProjectionSet) async throws -> Double {
        try await psql("CREATE SCHEMA copied")
        for file in set.files {
            try await psql(
                file.tableScript(in: "copied", types: set.types.map(\.name)) + file.script("indexes", in: "copied"))
            try await psql("\\copy (SELECT * FROM live.\(file.name)) TO '\(folder)/\(file.name).bin' (FORMAT binary)")
        }
        var count = 0
        let start = ContinuousClock.now
        for file in set.files {
            try await psql("\\copy copied.\(file.name) FROM '\(folder)/\(file.name).bin' (FORMAT binary)")
        }
        let elapsed = start.duration(to: .now).inSeconds
        for file in set.files {
            count += Int(try await psql("SELECT count(*) FROM copied.\(file.name)").prefix { $0.isNumber }) ?? 0
        }
        try await psql("DROP SCHEMA copied CASCADE")
        return Double(count) / elapsed
    }

    private func pool() async throws -> PostgresPool {
        var configuration = PoolConfiguration(connection: conninfo)
        configuration.connection.statementTimeout = .seconds(280)
        return try await PostgresPool(configuration: configuration, metrics: Metrics(), logger: .silent)
    }
}

/// What a growing log does to those who write and read.
extension StudioBench {
    /// Rates with a log of some size, as a scraper would see them right after a start.
    struct Rates {
        let events: Int
        let creates: Double
        let reads: Double
    }

    func growing(to size: Int, from small: Rates) async throws -> [Comparison] {
        let large = try await measure(at: size)
        let peer = "with \(number(Double(small.events))) events"
        func row(_ name: String, _ ours: Double, _ theirs: Double) -> Comparison {
            Comparison(
                name: "\(name), \(number(Double(size))) events in the log", unit: "/s", ours: ours, peerName: peer,
                peer: theirs, ratio: ours / theirs, aim: .ratioAtLeast(0.77))
        }
        return [
            row("create", large.creates, small.creates), row("read by id, cold", large.reads, small.reads),
        ]
    }

    /// Fills the log up to so many events and measures.
    func measure(at size: Int) async throws -> Rates {
        try await fill(to: size)
        _ = try await rebuild(try blueprint())
        try await psql("VACUUM ANALYZE")
        let (creates, reads) = try await serving { try await measure(at: $0) }
        return Rates(events: size, creates: creates, reads: reads)
    }

    private func measure(at address: String) async throws -> (create: Double, read: Double) {
        let create = try script("create", Self.createScript)
        let ids = try await psql("SELECT id FROM live.entities WHERE type = 'character' ORDER BY random() LIMIT 20000")
        let list = ids.split(separator: "\n").map { "\"\($0)\"" }.joined(separator: ",")
        // A reason nobody has given before finds nothing in the cache.
        let read = try script(
            "cold",
            """
            local ids, at = {\(list)}, 0
            request = function()
                at = at % #ids + 1
                return wrk.format("GET", "/api/v2/characters/" .. ids[at] .. "/versions/1")
            end
            """)
        var (creates, reads): ([Double], [Double]) = ([], [])
        for _ in 0..<rounds {
            reads.append(try await Peers.load("\(address)/", seconds: seconds, script: read))
            creates.append(try await Peers.load("\(address)/api/v2/characters", seconds: seconds, script: create))
        }
        return (median(creates), median(reads))
    }
}
