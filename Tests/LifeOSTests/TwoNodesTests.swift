import HTTPClient
import JSON
import Postgres
import System
import Telemetry
import TestSupport
import Testing

/// Two servers on one database: one log, whatever happens between them.
@Suite struct TwoNodesTests {
    private static let entities = 300

    /// Both write at once while their connections are cut; whoever follows either sees 1, 2, 3, … all the same.
    @Test func whoFollowsEitherNodeSeesEveryPositionOnce() async throws {
        try await TestDatabase.with { database in
            try await withNodes(on: database) { nodes in
                let ledger = Ledger()
                let pool = try await PostgresPool(
                    configuration: .init(connection: database.conninfo), metrics: Metrics(), logger: .silent)
                let followers = nodes.map { node in Task { try await positions(of: node, count: Self.entities) } }
                try await withThrowingTaskGroup { group in
                    for writer in 0..<8 {
                        group.addTask {
                            for number in 0..<Self.entities / 8 + 1 {
                                try await write("w\(writer)-\(number)", to: nodes[writer % 2], ledger)
                            }
                        }
                    }
                    group.addTask { try await cut(pool, until: { ledger.promiseCount >= Self.entities }) }
                    try await group.waitForAll()
                }
                for follower in followers {
                    #expect(try await follower.value == Array(1...Self.entities))
                }
                await pool.close()
                var random = SeededRandom.forTest()
                for node in nodes { try await ledger.audit(with: node, using: &random) }
            }
        }
    }

    @Test func aChangeOnOneNodeIsSoonReadOnTheOther() async throws {
        try await TestDatabase.with { database in
            try await withNodes(on: database) { nodes in
                let created = try await Ledger.Order(
                    name: "Jenny", key: "1", method: .post, path: "/api/v2/characters", body: #"{"name":"Jenny"}"#
                ).send(to: nodes[0])
                let id = try #require(try JSONValue(parsing: created.body)["id"]?.string)
                let path = "/api/v2/characters/\(id)"
                for version in 1...5 {
                    // Read before, so that the other node has the answer of now in its cache.
                    try await eventually(within: .seconds(20), "version \(version) on the other node") {
                        let answer = try await nodes[1].get(
                            path, headers: ["Authorization": "Bearer \(RunningLifeOS.token)"])
                        return try JSONValue(parsing: answer.body)["version"]?.integer == version
                    }
                    let change = Ledger.Order(
                        name: "Jenny", key: "change-\(version)", method: .patch, path: path,
                        body: #"{"age":\#(version)}"#)
                    #expect(try await change.send(to: nodes[0]).status == 200)
                }
            }
        }
    }

    /// The cookie used to work on for twelve hours, on both nodes.
    @Test func aSignOutEndsTheSessionOnBothNodesAndAfterARestart() async throws {
        try await TestDatabase.with { database in
            var cookie = ""
            func isSignedIn(_ node: RunningLifeOS) async throws -> Bool {
                try await node.get("/api/v2/characters", headers: ["Cookie": cookie]).status == 200
            }
            func post(_ path: String, _ body: String, to node: RunningLifeOS) async throws -> HTTPClient.Response {
                let headers: HTTPClient.Headers = [
                    "Cookie": cookie, "Sec-Fetch-Site": "same-origin",
                    "Content-Type": "application/x-www-form-urlencoded",
                ]
                return try await node.client.send(
                    .init(.post, node.address + path, headers: headers, body: .bytes(Array(body.utf8))))
            }
            try await withNodes(on: database) { nodes in
                let token = RunningLifeOS.token.replacing(" ", with: "+")
                let begun = try await post("/console/sign-in", "token=\(token)", to: nodes[0])
                cookie = String(try #require(begun.headers["Set-Cookie"]).prefix { $0 != ";" })
                for node in nodes { #expect(try await isSignedIn(node)) }
                let ended = try await post("/console/sign-out", "", to: nodes[0])
                #expect(ended.status == 303)
                let isStillIn = try await isSignedIn(nodes[0])
                #expect(!isStillIn)
                try await eventually(within: .seconds(5), "the other node heard of it") {
                    try await !isSignedIn(nodes[1])
                }
            }
            try await withNodes(on: database) { nodes in
                for node in nodes {
                    let isIn = try await isSignedIn(node)
                    #expect(!isIn)
                }
            }
        }
    }

    private func withNodes(
        on database: TestDatabase, _ body: ([RunningLifeOS]) async throws -> Void
    ) async throws {
        let folders = [try TemporaryFolder("first"), try TemporaryFolder("second")]
        var nodes: [RunningLifeOS] = []
        for folder in folders {
            nodes.append(
                try await RunningLifeOS.start(home: folder.path, ["DATABASE_URL": database.conninfo]))
        }
        try await body(nodes)
        for node in nodes { #expect(try await node.stop()?.isSuccess == true) }
    }

    private func write(_ name: String, to node: RunningLifeOS, _ ledger: Ledger) async throws {
        let order = Ledger.Order(
            name: name, key: name, method: .post, path: "/api/v2/characters", body: #"{"name":"\#(name)"}"#)
        try await eventually(within: .seconds(60), "\(name) is written") {
            guard let response = try? await order.send(to: node), response.status == 201 else { return false }
            try ledger.take(order, response)
            return true
        }
    }

    /// Ends the connections of both nodes again and again.
    private func cut(_ pool: PostgresPool, until isOver: () -> Bool) async throws {
        while !isOver() {
            _ = try await pool.query(
                "cut",
                """
                SELECT pg_terminate_backend(pid), pg_sleep(0.05) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.3
                """)
        }
    }

    /// The first positions that the stream of a node tells of.
    private func positions(of node: RunningLifeOS, count: Int) async throws -> [Int] {
        var request = HTTPClient.Request(
            .get, "\(node.address)/api/v2/stream/events?after=0",
            headers: ["Authorization": "Bearer \(RunningLifeOS.token)"])
        var timeouts = HTTPClient.Timeouts()
        timeouts.total = nil
        request.timeouts = timeouts
        let stream = try await node.client.stream(request)
        var positions: [Int] = []
        for try await event in stream.body.serverSentEvents() {
            guard let position = Int(event.lastEventID) else { continue }
            positions.append(position)
            if positions.count == count { break }
        }
        return positions
    }
}
