import CLI
import Configuration
import EventLog
import JSON
import Service
import System

extension Command {
    static let status = Command(
        "status", "Show the state of the server, database, log, tables and backups.",
        details: """
            Starts nothing and changes nothing. While a private PostgreSQL is stopped, what only it knows is left out; \
            `lifeos doctor` starts it and looks closer.

            Exit codes: 0 a server runs and is ready; 1 it runs, but something is wrong; 3 no server runs; 4 there is no home, or it \
            cannot be read.
            """,
        examples: [
            "lifeos status": "A summary.",
            "lifeos status --json | jq .running": "Whether a server runs, for scripts.",
        ]
    ) { run in
        let settings = try Settings(run.environment, declaring: LifeOSSettings.all)
        let home = try settings.home()
        let servers = await ServerStatus.all(in: home)
        let database = await DatabaseStatus.look(settings)
        let backup = try? await BackupStatus.look(settings, database.facts, now: SystemWallClock().now())
        let hasHome = Files.isFolder(home)
        let isReadable = hasHome && (try? Files.names(in: home)) != nil
        let code = exitCode(servers, database, isReadable: isReadable)
        if run.output.isJSON {
            run.output.json(
                json(servers, database, backup, home: isReadable ? home : nil, code))
        } else {
            show(servers, database, backup, home: home, hasHome: hasHome, isReadable: isReadable, on: run.output)
        }
        if code != .done { throw code }
    }

    private static func exitCode(
        _ servers: [ServerStatus], _ database: DatabaseStatus, isReadable: Bool
    ) -> ExitCode {
        if !isReadable, servers.isEmpty, !database.isGiven { return .unknown }
        // A fork may run while the installation itself does not.
        let own = servers.filter { $0.record.fork == nil }
        if own.isEmpty { return .notRunning }
        return own.allSatisfy(\.isReady) && !database.isTroubled ? .done : .failed
    }

    private static func show(
        _ servers: [ServerStatus], _ database: DatabaseStatus, _ backup: BackupStatus?, home: String, hasHome: Bool,
        isReadable: Bool, on output: Output
    ) {
        let commit = Program.commit.map { ", commit \($0)" } ?? ""
        let homeSentence =
            !hasHome
            ? "\(home) does not exist yet; `lifeos serve` creates it"
            : isReadable ? home : "\(home) cannot be read by this user"
        output.fields([
            Column("version", title: "Life-OS"): .text("\(Program.version)\(commit), \(Program.build) build"),
            "server": .text(
                servers.isEmpty ? "not running" : servers.map(\.sentence).joined(separator: "\n")),
            "home": .text(homeSentence),
            "disk": Files.freeBytes(at: home).map { .size(Int($0)) } ?? .nothing,
            "database": .text(database.sentence),
            "log": .text(database.logSentence),
            "tables": .text(database.tablesSentence),
            "backup": .text(backup?.sentence ?? "not known"),
            "operations": .text(database.operationsSentence),
        ])
    }

    private static func json(
        _ servers: [ServerStatus], _ database: DatabaseStatus, _ backup: BackupStatus?, home: String?, _ code: ExitCode
    ) -> JSONValue {
        let facts = database.facts
        let log: JSONValue =
            facts?.head.map {
                ["position": .integer($0.position), "recorded_at": .string($0.recordedAt.description)]
            } ?? .null
        let operations = (facts?.operations ?? []).map { operation -> JSONValue in
            [
                "title": .string(operation.title), "done": operation.done.map { .integer($0) } ?? .null,
                "total": operation.total.map { .integer($0) } ?? .null,
            ]
        }
        return [
            "version": .string(Program.version), "commit": Program.commit.map { .string($0) } ?? .null,
            "running": .bool(servers.contains { $0.record.fork == nil }), "servers": .array(servers.map(\.json)),
            "home": home.map { .string($0) } ?? .null,
            "free_bytes": home.flatMap { Files.freeBytes(at: $0) }.map { .integer(Int($0)) } ?? .null,
            "database": database.json, "log": log, "backup": backup?.json ?? .null, "operations": .array(operations),
            "exit_code": .integer(Int(code.rawValue)),
        ]
    }
}
