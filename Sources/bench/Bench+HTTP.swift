import HTTPServer
import System

extension Bench {
    /// Our server against nginx with a static file and FastAPI, all under the same load in turn.
    func httpRows(_ folder: String) async throws -> [Comparison] {
        let server = try HTTPService.start()
        guard let address = server.boundAddress else { throw BenchError("our own server did not start") }
        let base = "http://\(address)"
        let script = "\(folder)/post.lua"
        try Files.replace(
            script,
            with: Array("wrk.method = \"POST\"; wrk.body = string.rep(\"x\", 1024)\n".utf8))

        var rows: [Comparison] = []
        try await Peers.withNginx(folder: folder, port: Readiness.freePort()) { nginx in
            func against(_ name: String, _ path: String, aim: Comparison.Aim, script: String? = nil) async throws {
                rows.append(
                    try await .alternate(
                        name, unit: "req/s", against: "nginx static", aim: aim, rounds: rounds,
                        ours: { try await Peers.load(base + path, seconds: seconds, script: script) },
                        peer: { try await Peers.load(nginx, seconds: seconds) }))
            }
            try await against("GET 202 B, direct", "/direct/1", aim: .ratioAtLeast(1.1))
            try await against("GET 202 B, prepared", "/prepared", aim: .ratioAtLeast(1.1))
            if !isQuick {
                try await against("GET 202 B, asynchronous", "/task/1", aim: .none)
                try await against("POST 1 KiB, direct", "/echo", aim: .none, script: script)
            }
        }
        if let python = Bench.python {
            try await Peers.withFastAPI(python: python, folder: folder, program: Peers.plainFastAPI) { fastAPI in
                rows.append(
                    try await .alternate(
                        "GET 202 B, direct", unit: "req/s", against: "FastAPI + uvicorn", aim: .none, rounds: 1,
                        ours: { try await Peers.load("\(base)/direct/1", seconds: seconds) },
                        peer: { try await Peers.load("\(fastAPI)/document", seconds: seconds) }))
            }
        }
        await server.stop(grace: .zero)
        return rows
    }

    /// The virtual environment that `ops/setup --bench` makes, if it is there.
    static var python: String? {
        let path = "\(checkout)/.build/bench-python"
        return Files.exists("\(path)/bin/uvicorn") ? path : nil
    }

    static let checkout = Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))
}
