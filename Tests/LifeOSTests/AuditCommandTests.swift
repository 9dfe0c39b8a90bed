import HTTPClient
import JSON
import System
import TestSupport
import Testing

/// The audit trail from the command line, beside a running server.
@Suite struct AuditCommandTests {
    let folder: TemporaryFolder
    private var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("audit") }

    private func run(
        _ arguments: String..., zone: String = "UTC"
    ) async throws -> (code: Exit, lines: [JSONValue], errors: String) {
        let result = try await RunningLifeOS.run(arguments + ["--json"], home: home, ["TZ": zone])
        let lines = result.outputText.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        return (result.exit, lines, result.errorText)
    }

    @Test func refusalsAreInTheTrailAndTheTrailCanBeTakenAlong() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        let refused = try await lifeos.get(
            "/api/v2/characters?key=hidden", headers: ["Authorization": "Bearer a wrong secret"])
        #expect(refused.status == 401)
        var entries: [JSONValue] = []
        try await eventually("the refusal is in the log") {
            entries = try await run("audit", "--type", "sign_in").lines
            return !entries.isEmpty
        }
        #expect(entries[0]["verb"] == "refused")
        #expect(entries[0]["actor"] == "anonymous")
        #expect(entries[0]["client"] == "127.0.0.1")
        #expect(entries[0]["name"] == "A wrong token")
        let shown = try await RunningLifeOS.run(["log", "show", "--json"], home: home).outputText
        #expect(!shown.contains("wrong secret") && !shown.contains("hidden"))

        for name in ["trail.csv", "trail.jsonl"] {
            let path = folder.path(name)
            let exported = try await run("audit", "export", path)
            #expect(exported.code == .code(0), "\(exported.errors)")
            let head = try #require(exported.lines.last?["head"]?.string)
            let verified = try await run("audit", "verify-export", path, "--head", head)
            #expect(verified.code == .code(0), "\(verified.errors)")
            #expect(verified.lines.last?["complete"] == true)
            var bytes = try Files.read(path)
            bytes[bytes.count / 2] ^= 1
            try Files.replace(path, with: bytes)
            let broken = try await run("audit", "verify-export", path)
            #expect(broken.code == .code(1))
            #expect(broken.lines.first?["sound"] == false)
            #expect(try await run("audit", "export", path).code == .code(1))
        }
        let inspected = try await run("replay", "inspect", "now")
        #expect(inspected.lines.first?["summaries"]?.array?.isEmpty == false)
        _ = try await lifeos.stop()
    }

    @Test func theConsoleShowsTheMomentAndTheWayBack() async throws {
        let lifeos = try await RunningLifeOS.start(home: home)
        let origin = lifeos.address
        let signedIn = try await lifeos.client.send(
            .init(
                .post, "\(origin)/console/sign-in",
                headers: ["Origin": origin, "Content-Type": "application/x-www-form-urlencoded"],
                body: .bytes(Array("token=\(RunningLifeOS.token.replacing(" ", with: "+"))".utf8))))
        let cookie = try #require(signedIn.headers["Set-Cookie"]).split(separator: ";")[0]
        let made = try await lifeos.client.send(
            .init(
                .post, "\(origin)/api/v2/characters",
                headers: [
                    "Authorization": "Bearer \(RunningLifeOS.token)", "Content-Type": "application/json",
                    "X-Reason": "<b>a new one</b>",
                ], body: .bytes(Array(#"{"name": "Ada & Bo"}"#.utf8))))
        let id = try #require(try JSONValue(parsing: made.body)["id"]?.string)
        let position = try #require(try JSONValue(parsing: made.body)["position"]?.integer)
        func page(_ query: String) async throws -> String {
            let answer = try await lifeos.get("/console/history\(query)", headers: ["Cookie": String(cookie)])
            #expect(answer.status == 200)
            return String(decoding: answer.body, as: UTF8.self)
        }
        let found = try await page("?type=character&since=-1h&verb=created")
        #expect(
            found.contains("Ada &amp; Bo") && found.contains("&lt;b>a new one&lt;/b>") || found.contains("&lt;b&gt;"))
        #expect(found.contains("lifeos replay diff \(position - 1) \(position)"))
        #expect(found.contains("lifeos rollback --to \(position - 1) --entity \(id) --dry-run"))
        #expect(!found.contains("Signed in"))
        #expect(found.contains(#"<span class="site-actor">admin</span>"#))
        #expect(try await page("?id=\(id)").contains("Ada &amp; Bo"))
        #expect(try await page("?since=yesterdy").contains("is not understood"))
        #expect(try await page("?id=nonsense").contains("is not an id"))
        #expect(try await page("?actor=nobody").contains("No entries match"))
        try await eventually("the sign-in is there") { try await page("").contains("Signed in at the console") }
        _ = try await lifeos.stop()
    }

    /// Midnight is where the clock on the wall says so.
    @Test func aDateIsReadByTheClockOfTheOneWhoAsks() async throws {
        func first(_ zone: String) async throws -> Int? {
            try await run("replay", "inspect", "2026-11-15", zone: zone).lines.first?["position"]?.integer
        }
        let loaded = try await run("sample", "load")
        #expect(loaded.code == .code(0), "\(loaded.errors)")
        for (zone, time) in [("UTC", "2026-11-15T00:00:00Z"), ("<+12>-12", "2026-11-14T12:00:00Z")] {
            let wanted = try await run("replay", "inspect", time).lines.first?["position"]?.integer
            #expect(wanted != nil)
            #expect(try await first(zone) == wanted)
        }
    }
}
