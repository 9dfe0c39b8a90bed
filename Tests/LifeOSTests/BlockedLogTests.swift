import HTTPClient
import JSON
import Postgres
import System
import Telemetry
import TestSupport
import Testing

/// What people and machines are told when somebody keeps everybody from writing, and what becomes of a node that froze.
@Suite struct BlockedLogTests {
    /// Somebody forgot a transaction. The runbook finds and ends it, word for word.
    @Test func theRunbookFindsAndEndsWhoeverHoldsTheLog() async throws {
        try await TestDatabase.with { database in
            let folder = try TemporaryFolder("blocked")
            let node = try await RunningLifeOS.start(home: folder.path, ["DATABASE_URL": database.conninfo])
            let holder = try await Self.pool(on: database, "forgotten psql")
            try await holder.withConnection { connection in
                try connection.runScript("hold", unsafeSQL: "BEGIN; SELECT position FROM log.head FOR UPDATE")
                try await Self.followTheRunbook(with: node, in: folder, database.conninfo)
            }
            await holder.close()
            #expect(try await node.stop()?.isSuccess == true)
        }
    }

    private static func followTheRunbook(
        with node: RunningLifeOS, in folder: TemporaryFolder, _ conninfo: String
    ) async throws {
        let order = Ledger.Order(
            name: "Jenny", key: "1", method: .post, path: "/api/v2/characters", body: #"{"name":"Jenny"}"#)
        let answer = try await order.send(to: node)
        #expect(answer.status == 503)
        #expect(try JSONValue(parsing: answer.body)["code"] == "log_blocked")
        let ready = try await node.get("/health/ready")
        #expect(ready.status == 503)
        let checks = try JSONValue(parsing: ready.body)["checks"]?.array ?? []
        #expect(checks.filter { $0["status"] == "failed" }.map { $0["name"] } == ["writing"])
        try await eventually("the metric names the holder") {
            let metrics = try await node.get("/metrics")
            return String(decoding: metrics.body, as: UTF8.self).contains(
                #/lifeos_eventlog_blocked_seconds\{.*application="forgotten psql".*state="idle in transaction"\} /#)
        }
        let script = try RunbookTests.blocks(of: "nothing-can-be-changed")
        let run = try await Program(
            "/bin/sh", ["-eu", "-c", "cd \(folder.path)\n\(script)"],
            environment: Program.plainEnvironment.merging([
                "LIFEOS_URL": node.address, "LIFEOS_ADMIN_TOKEN": RunningLifeOS.token,
                "DATABASE_URL": conninfo,
            ]) { $1 }
        ).run(timeout: .seconds(60))
        #expect(run.exit == .code(0), "\(run.errorText)")
        #expect(run.outputText.contains("forgotten psql"))
        #expect(try await order.send(to: node).status == 201)
    }

    /// The story: a node froze between two statements while it held the log, and nobody could write for two hours.
    @Test func aNodeThatIsFrozenKeepsOthersFromWritingForSecondsOnly() async throws {
        try await TestDatabase.with { database in
            let folders = [try TemporaryFolder("frozen"), try TemporaryFolder("other")]
            let frozen = try await RunningLifeOS.start(home: folders[0].path, ["DATABASE_URL": database.conninfo])
            let other = try await RunningLifeOS.start(home: folders[1].path, ["DATABASE_URL": database.conninfo])
            let looker = try await Self.pool(on: database, "looker")
            let ledger = Ledger()
            let load = (0..<8).map { writer in
                Task {
                    for number in 0... {
                        if Task.isCancelled { return }
                        let name = "w\(writer)-\(number)"
                        let order = Ledger.Order(
                            name: name, key: name, method: .post, path: "/api/v2/characters",
                            body: #"{"name":"\#(name)"}"#)
                        guard let response = try? await order.send(to: frozen) else { return ledger.doubt(order) }
                        try ledger.take(order, response)
                    }
                }
            }
            // Frozen again and again, until it is frozen while it holds the log.
            try await eventually(within: .seconds(60), "it is frozen while it holds the log") {
                frozen.child.signal(.stop)
                let isHolding =
                    try await looker.query(
                        "held",
                        """
                        SELECT count(*) FROM log.head AS h
                        JOIN pg_locks AS l ON l.locktype = 'transactionid' AND l.granted AND l.transactionid = h.xmax
                        JOIN pg_stat_activity AS a ON a.pid = l.pid AND a.state = 'idle in transaction'
                        """
                    ).only(Int.self) > 0
                if !isHolding { frozen.child.signal(.resume) }
                return isHolding
            }
            let start = ContinuousClock.now
            try await eventually(within: .seconds(60), "the other writes") {
                let order = Ledger.Order(
                    name: "other", key: "other", method: .post, path: "/api/v2/characters", body: #"{"name":"other"}"#)
                let response = try await order.send(to: other)
                guard response.status == 201 else { return false }
                try ledger.take(order, response)
                return true
            }
            #expect(ContinuousClock.now - start < .seconds(20))
            for task in load { task.cancel() }
            frozen.child.signal(.resume)
            for task in load { _ = await task.result }
            try await ledger.settle(with: other)
            var random = SeededRandom.forTest()
            for node in [frozen, other] { try await ledger.audit(with: node, using: &random) }
            await looker.close()
            for node in [frozen, other] { #expect(try await node.stop()?.isSuccess == true) }
        }
    }

    @Test func theAlertRulesNameMetricsThatThereAre() async throws {
        let root = String(#filePath.split(separator: "/Tests/")[0])
        let promtool = "/usr/bin/promtool"
        try #require(Files.exists(promtool), "run ops/setup --test")
        let check = try await Program(promtool, ["check", "rules", "\(root)/ops/alerts/lifeos.yml"]).run()
        #expect(check.exit == .code(0), "\(check.outputText) \(check.errorText)")
        let rules = try Files.readText("\(root)/ops/alerts/lifeos.yml")
        let names = Set(rules.matches(of: /\b(lifeos_[a-z_]+)/).map { String($0.output.1) })
        #expect(names.count > 1)
        let sources = try await Program("/bin/grep", ["-rhoE", "\"lifeos_[a-z_]+\"", "\(root)/Sources"]).run()
            .outputText
        for name in names { #expect(sources.contains("\"\(name)\""), "no source declares \(name)") }
        for page in rules.matches(of: /runbook_url: (\S+)/) {
            #expect(Files.exists("\(root)/\(page.output.1)"))
        }
    }

    private static func pool(on database: TestDatabase, _ name: String) async throws -> PostgresPool {
        var configuration = PoolConfiguration(connection: database.conninfo)
        configuration.connection.applicationName = name
        configuration.connection.settings["idle_in_transaction_session_timeout"] = "0"
        return try await PostgresPool(configuration: configuration, metrics: Metrics(), logger: .silent)
    }
}
