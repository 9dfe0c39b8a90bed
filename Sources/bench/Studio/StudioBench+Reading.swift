import Glibc
import System

/// Reading over HTTP: warm against a bare libmicrohttpd, then what the database has to be asked for.
extension StudioBench {
    func reading() async throws -> [Comparison] {
        // What the writes before left to do would run beside the reads.
        try await psql("VACUUM ANALYZE", "CHECKPOINT")
        return try await serving { address in
            let read = try script("read", "")
            let id = try await psql("SELECT id FROM live.entities WHERE type = 'character' LIMIT 1").prefix(36)
            let document = try await psql("SELECT document FROM live.entities WHERE id = '\(id)'")
            let head = try await psql("SELECT position FROM log.head").prefix { $0.isNumber }
            let detail = "\(address)/api/v2/characters/\(id)"
            var rows: [Comparison] = []
            try await Peers.withBareServer(folder: folder, document: String(document.dropLast())) { bare in
                rows.append(
                    try await .alternate(
                        "read by id, warm", unit: "/s", against: "bare libmicrohttpd", aim: .ratioAtLeast(0.6),
                        rounds: rounds, ours: { try await Peers.load(detail, seconds: seconds, script: read) },
                        peer: { try await Peers.load(bare, seconds: seconds) }))
            }
            if let python = Bench.python {
                try Files.replace("\(folder)/entity.json", with: Array(document.utf8))
                let program = Peers.studioFastAPI(token: Self.token)
                try await Peers.withFastAPI(python: python, folder: folder, program: program) { fastAPI in
                    rows.append(
                        try await .alternate(
                            "read by id, warm", unit: "/s", against: "FastAPI + uvicorn, from memory",
                            aim: .ratioAtLeast(15), rounds: rounds,
                            ours: { try await Peers.load(detail, seconds: seconds, script: read) },
                            peer: {
                                try await Peers.load("\(fastAPI)/characters/\(id)", seconds: seconds, script: read)
                            }))
                }
            }
            let list = "\(address)/api/v2/characters?limit=50"
            rows.append(
                .absolute(
                    "list of 50, warm", unit: "/s", aim: .none,
                    values: [try await Peers.load(list, seconds: seconds, script: read)]))
            // Another limit each time finds nothing in the cache.
            let (now, then) = (try walk("now", ""), try walk("then", "&as_of=\(head)"))
            rows.append(
                try await .alternate(
                    "list of up to 50 as of a position", unit: "/s", against: "the same now", aim: .ratioAtLeast(0.33),
                    rounds: rounds,
                    ours: { try await Peers.load(list, seconds: seconds, script: then, connections: 4) },
                    peer: { try await Peers.load(list, seconds: seconds, script: now, connections: 4) }))
            return rows
        }
    }

    /// Asks for pages that were not asked for before.
    private func walk(_ name: String, _ more: String) throws -> String {
        try script(
            name,
            """
            math.randomseed(os.time())
            request = function()
                return wrk.format("GET", "/api/v2/characters?limit=50&offset=" .. math.random(0, 9999) ..
                    "&filter=age:gte:" .. math.random(0, 9) .. "\(more)")
            end
            """)
    }
}

extension Peers {
    /// Starts a server in C that answers every request with the document, as the library's own examples do.
    static func withBareServer<Result>(
        folder: String, document: String, _ body: (String) async throws -> Result
    ) async throws -> Result {
        let port = try await Readiness.freePort()
        let text = document.utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let program = """
            #include <microhttpd.h>
            #include <arpa/inet.h>
            #include <string.h>
            #include <unistd.h>
            static const char document[] = "\(text)";
            static enum MHD_Result answer(void *c, struct MHD_Connection *connection, const char *url, const char *method,
                const char *version, const char *data, size_t *size, void **state) {
                // An answer to the first call would close the connection.
                if (!*state) { *state = (void *) 1; return MHD_YES; }
                struct MHD_Response *response = MHD_create_response_from_buffer(
                    sizeof document - 1, (void *) document, MHD_RESPMEM_PERSISTENT);
                MHD_add_response_header(response, "Content-Type", "application/json");
                enum MHD_Result result = MHD_queue_response(connection, 200, response);
                MHD_destroy_response(response);
                return result;
            }
            int main(void) {
                struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(\(port))};
                place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
                struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, \(port), NULL, NULL, answer, NULL,
                    MHD_OPTION_SOCK_ADDR, &place, MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_END);
                if (!daemon) return 1;
                for (;;) pause();
            }
            """
        try Files.replace("\(folder)/bare.c", with: Array(program.utf8))
        let compiled = try await Program(
            try clang(), ["-O2", "-o", "\(folder)/bare", "\(folder)/bare.c", "-lmicrohttpd"]
        ).run(timeout: .seconds(60))
        guard compiled.exit.isSuccess else { throw BenchError("clang: \(compiled.errorText)") }
        return try await running(Program("\(folder)/bare", []), at: "http://127.0.0.1:\(port)/", body)
    }
}

extension Peers {
    /// The C compiler that comes with Swift, or another one on the path.
    private static func clang() throws -> String {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
        for folder in path.split(separator: ":") {
            for name in ["clang", "gcc", "cc"] where Files.exists("\(folder)/\(name)") { return "\(folder)/\(name)" }
        }
        throw BenchError("there is no C compiler on the PATH; install clang")
    }
}
