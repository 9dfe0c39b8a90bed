import HTTPClient
import PrivatePostgres
import System

extension Bench {
    /// What Life-OS is for, against the same by hand, on one private PostgreSQL.
    func studioRows(_ folder: String) async throws -> [Comparison] {
        let database = try await PrivatePostgres.start(.init(home: "\(folder)/studio"))
        guard let binaries = database.binaries else { throw BenchError("the database is not ours") }
        let studio = StudioBench(
            conninfo: database.conninfo(), binaries: binaries, folder: folder, seconds: seconds, rounds: rounds)
        var rows = try await studio.writing(peer: database.conninfo(database: StudioBench.peerName))
        rows += try await studio.reading()
        // A log of its own, so that its size is known.
        var growing = studio
        growing.conninfo = database.conninfo(database: StudioBench.growingName)
        let small = try await growing.measure(at: 10_000)
        rows += try await growing.growing(to: 100_000, from: small)
        rows += try await growing.rebuilding()
        rows.append(try await growing.diffing(100_000))
        if !isQuick { rows += try await growing.growing(to: 1_000_000, from: small) }
        await database.stop()
        return rows
    }
}

extension Bench {
    /// Saving and bringing back, on a log that is filled for it.
    func replayRows(_ folder: String) async throws -> [Comparison] {
        let database = try await PrivatePostgres.start(.init(home: "\(folder)/replay"))
        guard let binaries = database.binaries else { throw BenchError("the database is not ours") }
        let studio = StudioBench(
            conninfo: database.conninfo(), binaries: binaries, folder: folder, seconds: seconds, rounds: rounds)
        let rows = try await studio.restoring(isQuick ? 50_000 : 200_000)
        await database.stop()
        return rows
    }
}

/// One database with a studio in it, and what is measured on it.
struct StudioBench {
    var conninfo: String
    let binaries: String
    let folder: String
    let seconds: Int
    let rounds: Int

    static let peerName = "peer"
    static let growingName = "growing"
    static let token = "a token for the bench"

    /// Runs `lifeos serve` on the database while `body` works with its address.
    func serving<Result>(_ body: (_ address: String) async throws -> Result) async throws -> Result {
        let port = try await Readiness.freePort()
        var environment = Program.plainEnvironment
        environment["HOME"] = folder
        environment["LIFEOS_HOME"] = "\(folder)/home"
        environment["DATABASE_URL"] = conninfo
        environment["LIFEOS_LISTEN"] = "127.0.0.1:\(port)"
        environment["LIFEOS_ADMIN_TOKEN"] = Self.token
        environment["LIFEOS_LOG"] = "error"
        let child = try await Program(Bench.program, ["serve"], environment: environment).start()
        do {
            let address = "http://127.0.0.1:\(port)"
            try await Readiness.wait(for: .init(.get, "\(address)/health/ready"), of: child)
            let result = try await body(address)
            child.signal(.terminate)
            _ = try await child.waitForExit(within: .seconds(20))
            return result
        } catch {
            child.signal(.kill)
            throw error
        }
    }

    /// A script for `wrk`, with what every request needs.
    func script(_ name: String, _ lines: String) throws -> String {
        let path = "\(folder)/\(name).lua"
        let head = """
            wrk.headers["Authorization"] = "Bearer \(Self.token)"
            wrk.headers["Content-Type"] = "application/json"
            """
        try Files.replace(path, with: Array("\(head)\n\(lines)\n".utf8))
        return path
    }

    func run(_ program: String, _ arguments: [String]) async throws -> String {
        let result = try await Program("\(binaries)/\(program)", arguments).run(timeout: .seconds(280))
        guard result.exit.isSuccess else { throw BenchError("\(program): \(result.errorText)") }
        return result.outputText
    }

    @discardableResult
    func psql(_ commands: String..., to target: String? = nil) async throws -> String {
        let options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        return try await run("psql", options + commands.flatMap { ["-c", $0] } + [target ?? conninfo])
    }
}
