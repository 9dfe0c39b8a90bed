import HTTPClient
import PrivatePostgres
import System

extension Bench {
    /// How quickly `lifeos serve` answers once its database is up, and what it weighs when nobody asks.
    func processRows(_ folder: String) async throws -> [Comparison] {
        let database = try await PrivatePostgres.start(.init(home: "\(folder)/process"))
        var starts: [Double] = []
        var memory: [Double] = []
        // The first start migrates; it is not what people wait for every day.
        for round in 0...(isQuick ? 2 : 5) {
            let socket = "\(folder)/serve.sock"
            var environment = Program.plainEnvironment
            environment["HOME"] = folder
            environment["LIFEOS_HOME"] = "\(folder)/home"
            environment["DATABASE_URL"] = database.conninfo()
            environment["LIFEOS_LISTEN"] = "unix:\(socket)"
            let child = try await Program(Self.program, ["serve"], environment: environment).start()
            var request = HTTPClient.Request(.get, "http://lifeos/health/ready")
            request.unixSocketPath = socket
            let duration = try await Readiness.wait(for: request, of: child)
            if round > 0 {
                starts.append(duration / .milliseconds(1))
                memory.append(try Self.residentMebibytes(of: child))
            }
            child.signal(.terminate)
            _ = try await child.waitForExit(within: .seconds(20))
        }
        await database.stop()
        return [
            .absolute("start to first answer, database up", unit: "ms", aim: .atMost(150), values: starts),
            .absolute("idle memory", unit: "MiB", aim: .atMost(30), values: memory),
        ]
    }

    static var program: String { "\(checkout)/.build/release/lifeos" }

    private static func residentMebibytes(of child: Child) throws -> Double {
        let status = try Files.readText("/proc/\(child.processID)/status")
        guard let kibibytes = Peers.figure(after: "VmRSS:", in: status.replacing("\t", with: " ")) else {
            throw BenchError("no VmRSS in /proc/\(child.processID)/status")
        }
        return kibibytes / 1024
    }
}
