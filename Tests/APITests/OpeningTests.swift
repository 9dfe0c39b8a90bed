import Catalogue
import Entities
import HTTPServer
import JSON
import Postgres
import Projections
import System
import Telemetry
import TestSupport
import Testing

@testable import Service

/// A node answers that it lives before anything else, and keeps the tables of another version working as long as they can.
@Suite struct OpeningTests {
    private static let root = Studio.root

    /// Other weights of words: the old tables answer until the new ones are there, and a writer loses nothing.
    @Test func otherRowsAreBuiltBesideWhileEverythingIsAnswered() async throws {
        try await Studio.with { studio in
            try await Self.fill(studio, count: 400)
            let holder = try await Holder(studio, "SELECT pg_advisory_lock(\(0x4C49_4645_5245_4255 as Int64))")
            try await studio.withOpeningNode(Self.blueprint(heavier: true)) { other in
                try await other.node.opened()
                let client = try other.client()
                #expect(try await client.get("/api/v2/characters?q=brave").json["total"] == 400)
                let writing = Task { try await Self.write(until: holder, to: other) }
                let ready = try await client.get("/health/ready")
                #expect(ready.status == 200 && Self.tables(ready).contains("answer as they are"), "\(ready.json)")
                #expect(try await Self.weights(studio) == ["C"])
                try await holder.release()
                try await eventually(within: .seconds(60), "the new tables are there") {
                    Self.tables(try await client.get("/health/ready")).hasPrefix("The tables are as")
                }
                let written = try await writing.value
                #expect(written.count > 0 && written.allSatisfy { $0 == 201 }, "\(written)")
                #expect(try await Self.weights(studio) == ["B"])
                let total = try await client.get("/api/v2/characters?q=brave").json["total"]?.integer
                #expect(total == 400 + written.count)
                try await Self.expectClean(studio, try Self.blueprint(heavier: true))
            }
        }
    }

    /// Another column: nothing can be answered from the old table, and everybody is told until when. The older node goes on until
    /// then, and is refused afterwards.
    @Test func otherColumnsAreWaitedForAndTheOlderNodeStopsWriting() async throws {
        try await Studio.with(checks: nil) { studio in
            try await Self.fill(studio, count: 50)
            let holder = try await Holder(studio, "SELECT FROM log.head FOR UPDATE")
            let folder = try Self.widened()
            let blueprint = try Blueprint(projections: folder.path, events: ["\(Self.root)/events"])
            try await studio.withOpeningNode(blueprint) { other in
                let client = try other.client()
                #expect(try await client.get("/health/live").status == 200)
                try await eventually(within: .seconds(60), "the rebuild has come to the exchange") {
                    Self.tables(try await client.get("/health/ready")).contains("exchanging, 95 % done")
                }
                #expect(try await client.get("/health/ready").status == 503)
                try await Self.expectClosed(client)
                for path in ["/console", "/openapi.json", "/metrics", "/console/sign-in", "/api/v2/admin/events"] {
                    #expect(try await client.get(path).status == 200, "\(path)")
                }
                #expect(try await studio.client().get("/api/v2/characters").json["total"] == 50)
                try await holder.release()
                try await other.node.opened()
                #expect(try await client.get("/api/v2/characters").json["total"] == 50)
                #expect(try await client.send("POST /api/v2/characters", ["name": "New"]).status == 201)
                let former = try studio.client()
                let refused = try await former.send("POST /api/v2/characters", ["name": "Old"])
                #expect(refused.status == 503 && refused.code == "superseded", "\(refused.json)")
                #expect(refused.header("Retry-After") == "60")
                try await eventually(within: .seconds(20), "the older node closes") {
                    let answer = try await former.get("/api/v2/characters")
                    return answer.status == 503 && answer.code == "superseded"
                }
                let ready = try await former.get("/health/ready")
                #expect(ready.status == 503 && Self.tables(ready).contains("Another version"))
                try await Self.expectClean(studio, blueprint)
            }
        }
    }

    private static func expectClosed(_ client: Client) async throws {
        for line in ["GET /api/v2/characters", "POST /api/v2/characters", "GET /console/history"] {
            let body: [UInt8]? = line.hasPrefix("POST") ? Array(#"{"name":"Early"}"#.utf8) : nil
            let answer = try await client.send(line, body)
            #expect(answer.status == 503 && answer.code == "opening", "\(line): \(answer.json)")
            #expect(answer.json["detail"]?.string?.contains("% done") == true)
            #expect((1...60).contains(Int(answer.header("Retry-After") ?? "") ?? 0))
        }
        let page = try await client.get("/api/v2/characters", ["Accept": "text/html"])
        #expect(page.status == 503 && page.header("Content-Type")?.hasPrefix("text/html") == true)
        let stranger = try await client.get("/api/v2/characters", ["Authorization": "Bearer wrong"])
        #expect(stranger.status == 401)
    }

    /// Both are of a newer version: one builds the tables, and the other waits for it.
    @Test func ofTwoNodesOneBuilds() async throws {
        try await Studio.with { studio in
            try await Self.fill(studio, count: 50)
            let folder = try Self.widened()
            let blueprint = try Blueprint(projections: folder.path, events: ["\(Self.root)/events"])
            try await studio.withOpeningNode(blueprint) { first in
                try await studio.withOpeningNode(blueprint) { second in
                    try await first.node.opened()
                    try await second.node.opened()
                    for (node, count) in [(first, 50), (second, 51)] {
                        let client = try node.client()
                        #expect(try await client.get("/api/v2/characters").json["total"]?.integer == count)
                        #expect(try await client.send("POST /api/v2/characters", ["name": "New"]).status == 201)
                    }
                }
            }
            let old = try await OldSchema.all(in: studio.pool)
            #expect(old.count == 1)
            try await Self.expectClean(studio, blueprint)
        }
    }

    /// A killed rebuild leaves nothing but a start that does it again.
    @Test func whatIsStoppedWhileItOpensOpensTheNextTime() async throws {
        try await Studio.with { studio in
            try await Self.fill(studio, count: 50)
            let folder = try Self.widened()
            let blueprint = try Blueprint(projections: folder.path, events: ["\(Self.root)/events"])
            let holder = try await Holder(studio, "SELECT FROM log.head FOR UPDATE")
            let start = ContinuousClock.now
            try await studio.withOpeningNode(blueprint) { other in
                try await eventually(within: .seconds(60), "the rebuild has come to the exchange") {
                    Self.tables(try await other.client().get("/health/ready")).contains("exchanging")
                }
            }
            // Nothing of it waits for the lock that is held.
            #expect(ContinuousClock.now - start < .seconds(60))
            try await holder.release()
            try await studio.withOpeningNode(blueprint) { other in
                try await other.node.opened()
                #expect(try await other.client().get("/api/v2/characters").json["total"] == 50)
            }
            try await Self.expectClean(studio, blueprint)
        }
    }

    @Test func theTimeThatIsLeftIsSaid() {
        func estimate(_ phase: ProjectionProgress.Phase, _ done: Int, _ elapsed: Duration) -> OpeningEstimate {
            OpeningEstimate(
                .building(ProjectionProgress(phase: phase, eventsDone: done, eventsTotal: 1_000, elapsed: elapsed)))
        }
        let half = estimate(.reading, 500, .seconds(8))
        #expect(half.sentence.hasSuffix("reading, 40 % done, about 12 seconds left."))
        #expect(half.retryAfter > .seconds(11) && half.retryAfter <= .seconds(12))
        #expect(estimate(.reading, 0, .seconds(1)).retryAfter == .seconds(1))
        let long = estimate(.reading, 10, .seconds(60))
        #expect(long.sentence.hasSuffix("0 % done, about 124 minutes left.") && long.retryAfter == .seconds(60))
        #expect(estimate(.indexing, 0, .seconds(3)).sentence.hasSuffix("indexing, 80 % done."))
        #expect(OpeningEstimate(.waiting).retryAfter == .seconds(5))
    }

    private static func fill(_ studio: Studio, count: Int) async throws {
        let client = try studio.client()
        for first in stride(from: 0, to: count, by: 50) {
            let operations = (first..<min(count, first + 50)).map { number -> JSONValue in
                [
                    "op": "create", "type": "character",
                    "data": ["name": .string("N\(number)"), "personality": "brave"],
                ]
            }
            let answer = try await client.send(
                "POST /api/v2/entities/bulk", ["operations": .array(operations)])
            #expect(answer.status == 200)
        }
    }

    /// Creates one after the other, until somebody else has let go and some time after.
    private static func write(until holder: Holder, to studio: Studio) async throws -> [Int] {
        let client = try studio.client()
        var statuses: [Int] = []
        var rest = 30
        while rest > 0 {
            if holder.isReleased { rest -= 1 }
            let answer = try await client.send(
                "POST /api/v2/characters", ["name": .string("W\(statuses.count)"), "personality": "brave"])
            statuses.append(answer.status)
        }
        return statuses
    }

    /// How the word of the first entities counts in searches.
    private static func weights(_ studio: Studio) async throws -> [String] {
        try await studio.pool.query(
            "weights",
            """
            SELECT DISTINCT w FROM live.entities AS e, unnest(e.search) AS u, unnest(u.weights) AS w
            WHERE u.lexeme = 'brave' AND e.name LIKE 'N%'
            """
        ).decode(String.self)
    }

    private static func tables(_ ready: Answer) -> String {
        ready.json["checks"]?.array?.first { $0["name"] == "tables" }?["detail"]?.string ?? ""
    }

    private static func expectClean(_ studio: Studio, _ blueprint: Blueprint) async throws {
        let report = try await Checker(set: blueprint.set, fold: blueprint.fold, pool: studio.pool).check()
        #expect(report.isClean, "\(report)")
    }

    /// The shipped version, in which characters are found by their personality in another way.
    private static func blueprint(heavier: Bool) throws -> Blueprint {
        let folder = try TemporaryFolder("events")
        for place in ["", "/system"] {
            try Files.makeFolder(folder.path + place)
            for name in try Files.names(in: "\(root)/events\(place)") where name.hasSuffix(".json") {
                var json = try JSONValue(parsing: Files.read("\(root)/events\(place)/\(name)", limit: 1 << 20))
                if name == "character.json" { json = json.merging(["search": ["personality": "B"]]) }
                try Files.replace("\(folder.path)\(place)/\(name)", with: json.encoded())
            }
        }
        return try Blueprint(projections: "\(root)/projections", events: [folder.path])
    }

    /// The shipped projections, but for one more column.
    private static func widened() throws -> TemporaryFolder {
        let folder = try TemporaryFolder("projections")
        try Files.makeFolder(folder.path("migrations"))
        for place in ["", "migrations/"] {
            for name in try Files.names(in: "\(root)/projections/\(place)") where name.hasSuffix(".sql") {
                var text = try Files.readText("\(root)/projections/\(place)\(name)")
                if name == "entities.sql" {
                    text = text.replacing(") PARTITION BY LIST", with: ", mood text) PARTITION BY LIST")
                }
                try Files.replace(folder.path("\(place)\(name)"), with: Array(text.utf8))
            }
        }
        return folder
    }
}

/// Holds a lock until it is told to let go.
private final class Holder: Sendable {
    private let isOver = Monitor(false)
    private let holding: Task<Void, any Error>

    var isReleased: Bool { isOver.withLock { $0 } }

    init(_ studio: Studio, _ statement: SQL) async throws {
        let held = Lock(false)
        holding = Task { [isOver] in
            try await studio.pool.withConnection { connection in
                // A node ends the sessions of other nodes that hold the head for long.
                _ = try connection.query("rename", "SELECT set_config('application_name', 'holder', false)")
                try await connection.transaction(idleMax: .seconds(600)) { connection in
                    _ = try connection.query("hold", statement)
                    held.withLock { $0 = true }
                    isOver.wait(until: { $0 }) { _ in }
                }
                _ = try connection.query("let_go", "SELECT pg_advisory_unlock_all()")
            }
        }
        try await eventually { held.withLock { $0 } }
    }

    func release() async throws {
        isOver.withLock { $0 = true }
        try await holding.value
    }
}
