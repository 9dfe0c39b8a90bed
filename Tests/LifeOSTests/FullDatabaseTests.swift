import HTTPClient
import JSON
import Postgres
import System
import Telemetry
import TestSupport
import Testing

/// A full disk under PostgreSQL: it is told in words, and nothing that was there is lost.
@Suite(.serialized) struct FullDatabaseTests {
    let folder: TemporaryFolder
    private var home: String { folder.path("home") }

    init() throws { folder = try TemporaryFolder("full-database") }

    @Test func aFullDiskIsToldAndEverythingCanBeRescued() async throws {
        let cluster = try await TestCluster.start()
        guard let disk = try await SmallDisk("database", megabytes: 64, beside: cluster) else {
            await cluster.stop()
            try Test.cancel("this process may not mount a small file system")
        }
        do {
            let server = try await PostgresPool(
                configuration: .init(connection: cluster.conninfo()), metrics: Metrics(), logger: .silent)
            try await server.execute("space", "CREATE TABLESPACE small LOCATION \(unsafeSQL: "'\(disk.path)'")")
            try await server.execute("tiny", "CREATE DATABASE tiny TABLESPACE small")
            await server.close()
            try await fillAndRescue(disk, ["DATABASE_URL": cluster.conninfo(database: "tiny")])
        } catch {
            Issue.record(error)
        }
        await cluster.stop()
        await disk.unmount()
    }

    private static let headers: HTTPClient.Headers = [
        "Authorization": "Bearer \(RunningLifeOS.token)", "Content-Type": "application/json",
    ]

    private func create(_ name: String, in lifeos: RunningLifeOS) async throws -> HTTPClient.Response {
        try await lifeos.client.send(
            .init(
                .post, lifeos.address + "/api/v2/characters", headers: Self.headers,
                body: .bytes(Array(#"{"name": "\#(name)"}"#.utf8))))
    }

    private func readiness(_ lifeos: RunningLifeOS) async throws -> (status: Int, detail: String) {
        let answer = try await lifeos.get("/health/ready")
        let checks = try #require(try JSONValue(parsing: answer.body)["checks"]?.array)
        return (answer.status, checks.first { $0["name"] == "writing" }?["detail"]?.string ?? "")
    }

    /// Until not even the room is left that pages have which are there already.
    private func fill(_ lifeos: RunningLifeOS) async throws -> HTTPClient.Response {
        var refusals = 0
        for number in 0..<5_000 {
            let answer = try await create("number \(number)", in: lifeos)
            try #require([201, 507].contains(answer.status), "\(answer.text)")
            refusals = answer.status == 507 ? refusals + 1 : 0
            if refusals == 40 { return answer }
        }
        throw NeverFull()
    }

    private struct NeverFull: Error {}

    private func fillAndRescue(_ disk: SmallDisk, _ environment: [String: String]) async throws {
        func run(_ arguments: String...) async throws -> Program.Result {
            try await RunningLifeOS.run(arguments, home: home, environment)
        }
        let lifeos = try await RunningLifeOS.start(home: home, environment)
        #expect(try await readiness(lifeos).status == 200)
        // A backup of an empty log cannot be continued.
        #expect(try await create("Before", in: lifeos).status == 201)
        try disk.leave(0)
        let refused = try await fill(lifeos)
        #expect(refused.text.contains("database_full") && refused.text.contains("disk is full"))
        #expect(refused.headers["Retry-After"] == "60")
        let list = try await lifeos.get("/api/v2/characters?limit=1", headers: Self.headers)
        #expect(list.status == 200)
        let ready = try await readiness(lifeos)
        #expect(ready.status == 503 && ready.detail.contains("disk is full"))
        let begun = try await lifeos.client.send(
            .init(
                .post, lifeos.address + "/api/v2/admin/backups", headers: Self.headers, body: .bytes(Array("{}".utf8))))
        #expect(begun.status == 507, "\(begun.text)")

        // What rescues works, and says that it left no trace.
        let backup = try await run("backup", "create")
        #expect(backup.exit == .code(0) && backup.errorText.contains("could not be recorded"), "\(backup.errorText)")
        let export = try await run("audit", "export", folder.path("audit.jsonl"))
        #expect(export.exit == .code(0) && export.errorText.contains("could not be recorded"), "\(export.errorText)")
        #expect(try await run("audit", "verify-export", folder.path("audit.jsonl")).exit == .code(0))
        let files = try await run("export", "json", folder.path("studio"))
        #expect(files.exit == .code(0) && files.errorText.contains("could not be recorded"), "\(files.errorText)")
        let check = try await run("projections", "check")
        #expect(check.exit == .code(0) || check.errorText.contains("Free "), "\(check.errorText)")
        let verified = try await run("log", "verify", "--json")
        #expect(verified.exit == .code(0), "\(verified.errorText)")
        let head = try #require(try JSONValue(parsing: verified.outputText)["head"]?.string)

        // Once there is room, that shows by itself.
        try disk.leave(.max)
        try await eventually("readiness returns") { try await readiness(lifeos).status == 200 }
        #expect(try await create("Afterwards", in: lifeos).status == 201)
        let recorded = try await run("backup", "create", "--incremental")
        #expect(recorded.exit == .code(0) && !recorded.errorText.contains("recorded"), "\(recorded.errorText)")
        let told = try await lifeos.get("/api/v2/operations?filter=kind:eq:backup", headers: Self.headers)
        #expect(try JSONValue(parsing: told.body)["total"] == 1)
        _ = try await lifeos.stop()

        let target = ["LIFEOS_BACKUP_TARGET": "\(home)/backups"]
        let restored = try await RunningLifeOS.run(["backup", "restore"], home: folder.path("new"), target)
        #expect(restored.exit == .code(0), "\(restored.errorText)")
        let same = try await RunningLifeOS.run(["log", "verify", "--head", head], home: folder.path("new"))
        #expect(same.exit == .code(0), "\(same.errorText)")
    }
}
