import PrivatePostgres
import System

extension Bench {
    private static let copiedRows = 1_000_000

    /// The pool against `pgbench -S`, and COPY against psql's, on one private PostgreSQL.
    func sqlRows(_ folder: String) async throws -> [Comparison] {
        let database = try await PrivatePostgres.start(.init(home: "\(folder)/sql"))
        guard let binaries = database.binaries else { throw BenchError("the database is not ours") }
        let peers = PostgresPeers(binaries: binaries, conninfo: database.conninfo(), folder: folder)
        let ours = SQLBench(conninfo: database.conninfo())
        try await peers.fill()
        var rows: [Comparison] = []
        for clients in [1, 16] {
            rows.append(
                try await .alternate(
                    "SELECT one row, \(clients) at once", unit: "/s", against: "pgbench -S prepared",
                    aim: .ratioAtLeast(0.8), rounds: rounds,
                    ours: { try await ours.selectsPerSecond(tasks: clients, duration: .seconds(seconds)) },
                    peer: { try await peers.selectsPerSecond(clients: clients, seconds: seconds) }))
        }
        let count = isQuick ? Self.copiedRows / 5 : Self.copiedRows
        rows.append(
            try await .alternate(
                "COPY in, 3 columns", unit: "rows/s", against: "psql \\copy", aim: .none, rounds: rounds,
                ours: { try await ours.copyInRowsPerSecond(rows: count) },
                peer: { try await peers.copyInRowsPerSecond(rows: count) }))
        rows.append(
            try await .alternate(
                "COPY out, 3 columns, decoded", unit: "rows/s", against: "psql \\copy to a file", aim: .none,
                rounds: rounds, ours: { try await ours.copyOutRowsPerSecond(rows: count) },
                peer: { try await peers.copyOutRowsPerSecond(rows: count) }))
        await database.stop()
        return rows
    }
}

/// PostgreSQL's own programs, measured on the same server.
private struct PostgresPeers {
    let binaries: String
    let conninfo: String
    let folder: String

    private var file: String { "\(folder)/copy.bin" }

    func fill() async throws {
        _ = try await run("pgbench", ["-i", "-q", "-s", "10", conninfo])
    }

    func selectsPerSecond(clients: Int, seconds: Int) async throws -> Double {
        let output = try await run(
            "pgbench",
            [
                "-S", "-M", "prepared", "-n", "-c", "\(clients)", "-j", "\(min(clients, 2))", "-T", "\(seconds)",
                conninfo,
            ])
        guard let rate = Peers.figure(after: "tps =", in: output) else { throw BenchError("pgbench: \(output)") }
        return rate
    }

    func copyOutRowsPerSecond(rows: Int) async throws -> Double {
        try await psql(
            "\(SQLBench.table); INSERT INTO bench_copy SELECT n, n * 7, 'row number ' || n FROM generate_series(1, \(rows)) n"
        )
        return try await timed(rows, "\\copy bench_copy TO '\(file)' (FORMAT binary)")
    }

    func copyInRowsPerSecond(rows: Int) async throws -> Double {
        _ = try await copyOutRowsPerSecond(rows: rows)
        try await psql(SQLBench.table)
        return try await timed(rows, "\\copy bench_copy FROM '\(file)' (FORMAT binary)")
    }

    private func timed(_ rows: Int, _ command: String) async throws -> Double {
        let start = ContinuousClock.now
        try await psql(command)
        return Double(rows) / start.duration(to: .now).inSeconds
    }

    private func psql(_ command: String) async throws {
        _ = try await run("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", command, conninfo])
    }

    private func run(_ program: String, _ arguments: [String]) async throws -> String {
        let result = try await Program("\(binaries)/\(program)", arguments).run(timeout: .seconds(120))
        guard result.exit.isSuccess else { throw BenchError("\(program): \(result.errorText)") }
        return result.outputText
    }
}
