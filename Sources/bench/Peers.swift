import HTTPClient
import System

/// The programs we measure ourselves against, run on loopback and ended with the measurement.
enum Peers {
    /// Requests a second that `wrk` gets answered over connections kept open.
    static func load(
        _ url: String, seconds: Int, script: String? = nil, connections: Int = 64
    ) async throws -> Double {
        var arguments = ["-t\(min(2, connections))", "-c\(connections)", "-d\(seconds)s"]
        if let script { arguments += ["-s", script] }
        let result = try await Program("/usr/bin/wrk", arguments + [url]).run(timeout: .seconds(seconds + 20))
        guard let rate = figure(after: "Requests/sec:", in: result.outputText) else {
            throw BenchError("wrk printed no rate: \(result.outputText) \(result.errorText)")
        }
        if result.outputText.contains("Non-2xx") {
            throw BenchError("wrk got errors from \(url): \(result.outputText)")
        }
        return rate
    }

    /// Starts nginx with two workers over one static file; `body` gets the file's address.
    static func withNginx<Result>(
        folder: String, port: UInt16, _ body: (String) async throws -> Result
    ) async throws -> Result {
        try Files.makeFolder("\(folder)/www")
        try Files.replace("\(folder)/www/document.json", with: HTTPService.document)
        let configuration = """
            worker_processes 2; daemon off; pid \(folder)/nginx.pid; error_log \(folder)/nginx.log;
            events { worker_connections 1024; }
            http {
                access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; types { application/json json; }
                open_file_cache max=100;
                client_body_temp_path \(folder)/t1; proxy_temp_path \(folder)/t2; fastcgi_temp_path \(folder)/t3;
                uwsgi_temp_path \(folder)/t4; scgi_temp_path \(folder)/t5;
                server { listen 127.0.0.1:\(port); root \(folder)/www; }
            }
            """
        try Files.replace("\(folder)/nginx.conf", with: Array(configuration.utf8))
        let nginx = Program("/usr/sbin/nginx", ["-c", "\(folder)/nginx.conf", "-p", folder, "-g", "user root;"])
        return try await running(nginx, at: "http://127.0.0.1:\(port)/document.json", body)
    }

    /// Starts FastAPI under uvicorn with one worker, as most people run it. `body` gets the server's address.
    static func withFastAPI<Result>(
        python: String, folder: String, program: String, _ body: (String) async throws -> Result
    ) async throws -> Result {
        try Files.replace("\(folder)/peer.py", with: Array(program.utf8))
        let port = try await Readiness.freePort()
        let uvicorn = Program(
            "\(python)/bin/uvicorn",
            ["peer:app", "--host", "127.0.0.1", "--port", "\(port)", "--no-access-log", "--log-level", "error"],
            workingDirectory: folder)
        return try await running(uvicorn, at: "http://127.0.0.1:\(port)/openapi.json") { _ in
            try await body("http://127.0.0.1:\(port)")
        }
    }

    /// Answers with one small document.
    static let plainFastAPI = """
        import json
        from fastapi import FastAPI
        app = FastAPI()
        document = json.loads('''\(String(decoding: HTTPService.document, as: UTF8.self))''')
        @app.get("/document")
        async def read():
            return document
        """

    /// Answers with an entity to those who have the token, as one writes it: `entity.json` lies beside it.
    static func studioFastAPI(token: String) -> String {
        """
        import json, secrets
        from fastapi import Depends, FastAPI, HTTPException
        from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
        app, bearer = FastAPI(), HTTPBearer()
        entity = json.load(open("entity.json"))
        entities = {entity["id"]: entity}

        async def signed_in(given: HTTPAuthorizationCredentials = Depends(bearer)):
            if not secrets.compare_digest(given.credentials, "\(token)"):
                raise HTTPException(401)

        @app.get("/characters/{id}", dependencies=[Depends(signed_in)])
        async def read(id: str):
            if id not in entities:
                raise HTTPException(404)
            return entities[id]
        """
    }

    static func running<Result>(
        _ program: Program, at url: String, _ body: (String) async throws -> Result
    ) async throws -> Result {
        let child = try await program.start()
        do {
            try await Readiness.wait(for: .init(.get, url), of: child)
            let result = try await body(url)
            child.signal(.terminate)
            _ = try await child.waitForExit(within: .seconds(10))
            return result
        } catch {
            child.signal(.kill)
            throw error
        }
    }

    /// The number that follows a word in a program's output.
    static func figure(after word: String, in text: String) -> Double? {
        guard let range = text.firstRange(of: word) else { return nil }
        let digits = text[range.upperBound...].drop { $0 == " " }.prefix { $0.isNumber || $0 == "." }
        return Double(digits)
    }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
