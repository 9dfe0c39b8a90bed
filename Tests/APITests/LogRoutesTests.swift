import HTTPClient
import JSON
import Postgres
import System
import TestSupport
import Testing

@testable import EventLog

@Suite struct LogRoutesTests {
    @Test func everyParameterNarrowsTheList() async throws {
        try await LogServing.with { log in
            try await log.append(1...10)
            try await log.append(11...20)
            let times = try await EventReader(pool: log.pool).events(limit: 20).map(\.recordedAt)
            let expected: [(String, [Int])] = [
                ("", Array(1...20)), ("limit=3", [1, 2, 3]), ("order=desc&limit=2", [20, 19]),
                ("after=18", [19, 20]), ("before=3", [1, 2]), ("after=4&before=7", [5, 6]),
                ("stream=\(LogServing.stream(7))", [7]),
                ("stream=\(LogServing.stream(7)),\(LogServing.stream(9))", [7, 9]),
                ("category=song&before=6", [2, 4]), ("type=book.created&before=6", [1, 3, 5]),
                ("type=book.created,song.created&before=4", [1, 2, 3]), ("type=nonsense", []),
                ("category=song&type=book.created", []), ("actor=anna", [3, 6, 9, 12, 15, 18]),
                ("correlation=\(LogServing.stream(8))", [8]), ("since=\(times[19])", Array(11...20)),
                ("until=\(times[0])", Array(1...10)), ("actor=anna&category=song&since=\(times[19])", [12, 18]),
            ]
            for (query, positions) in expected {
                let found = try await log.positions(query)
                #expect(found == positions, "\(query)")
            }
        }
    }

    @Test func anEventIsShownAsItWasWritten() async throws {
        try await LogServing.with { log in
            try await log.append(1...2)
            let event = try #require(try await EventReader(pool: log.pool).event(at: 2))
            let expected =
                #"{"position":2,"stream":"\#(event.stream)","category":"song","version":1,"type":"song.created","#
                + #""schema_version":1,"data":{"n":  2.50},"meta":\#(String(decoding: event.meta, as: UTF8.self)),"#
                + #""recorded_at":"\#(event.recordedAt)","hash":"\#(event.hash)"}"#
            let one = try await log.get("/api/v2/admin/events/2")
            #expect(one.status == 200)
            #expect(one.text == expected)
            let list = try await log.get("/api/v2/admin/events?after=1")
            let head = try await EventReader(pool: log.pool).head()
            #expect(
                list.text
                    == #"{"items":[\#(expected)],"more":false,"head":2,"head_hash":"\#(head.hash)","log":"\#(try await log.identity.id)"}"#
            )
            #expect(try await log.get("/api/v2/admin/events/3").status == 404)
            #expect(try await log.get("/api/v2/admin/events/x").status == 400)
        }
    }

    @Test func dataComesInTheNewestShapeUnlessRawIsWanted() async throws {
        try await LogServing.with(upcast: { $0.position == 2 ? ["number": .string("two")] : nil }) { log in
            try await log.append(1...2)
            for (path, text) in [
                ("/api/v2/admin/events/2", #""data":{"number":"two"}"#),
                ("/api/v2/admin/events/1", #""data":{"n":  1.50}"#),
                ("/api/v2/admin/events/2?raw=true", #""data":{"n":  2.50}"#),
                ("/api/v2/admin/events?after=1", #""data":{"number":"two"}"#),
                ("/api/v2/admin/events?after=1&raw=true", #""data":{"n":  2.50}"#),
            ] {
                let answer = try await log.get(path).text
                #expect(answer.contains(text), "\(path): \(answer)")
            }
        }
    }

    /// After a restore to an earlier point, whoever asked for what comes behind its old position got nothing, for ever.
    @Test func whoKnowsAnotherLogIsToldWhichThisIsAndWhereItEnds() async throws {
        try await LogServing.with { log in
            let former = try await log.identity.id
            try await log.pool.execute("anew", LogStatements.beginAnew)
            try await log.pool.execute(
                "continue", LogStatements.continue(LogPredecessor(log: former, position: 6)))
            try await log.append(1...8)
            let own = try await log.identity.id
            let cases: [(query: String, headers: HTTPClient.Headers, code: String, place: (String, String))] = [
                ("after=9", [:], "beyond_head", ("parameter", "after")),
                ("after=2", ["Last-Event-ID": "9"], "beyond_head", ("header", "Last-Event-ID")),
                ("after=3&log=\(former)", [:], "another_log", ("parameter", "log")),
                ("after=9&log=\(former)", ["Last-Event-ID": "1"], "another_log", ("parameter", "log")),
                ("after=9&log=\(own)", [:], "beyond_head", ("parameter", "after")),
            ]
            for (query, headers, code, place) in cases {
                for path in ["/api/v2/stream/events", "/api/v2/admin/events"] {
                    // A list knows no such header.
                    if path.hasSuffix("admin/events"), place.0 == "header" { continue }
                    let answer = try await log.get("\(path)?\(query)", headers: headers)
                    let problem = try JSONValue(parsing: answer.body)
                    #expect(answer.status == 409 && problem["code"]?.string == code, "\(path)?\(query)")
                    #expect(problem["head"] == 8 && problem["log"]?.string == own.description)
                    #expect(problem["predecessor"] == ["log": .string(former.description), "position": 6])
                    #expect(problem["errors"]?[0]?[place.0]?.string == place.1)
                }
            }
            for query in ["after=8", "after=8&log=\(own)", "before=100"] {
                #expect(try await log.get("/api/v2/admin/events?\(query)").status == 200, "\(query)")
            }
        }
    }

    @Test(arguments: [
        ("after=x", "after"), ("after=-1", "after"), ("before=0", "before"), ("limit=0", "limit"),
        ("limit=1001", "limit"), ("stream=7", "stream"), ("since=yesterday", "since"), ("until=1", "until"),
        ("order=up", "order"), ("correlation=x", "correlation"), ("actor=", "actor"), ("afer=1", "afer"),
        ("after=1&after=2", "after"), ("raw=1", "raw"), ("log=x", "log"),
    ])
    func whatIsNotUnderstoodIsNamed(query: String, name: String) async throws {
        try await LogServing.with { log in
            for path in ["/api/v2/admin/events", "/api/v2/stream/events"] {
                let answer = try await log.get("\(path)?\(query)")
                #expect(answer.status == 400, "\(path)")
                let field = try JSONValue(parsing: answer.body)["errors"]?[0]
                #expect(field?["parameter"]?.string == name, "\(path) \(answer.text)")
            }
        }
    }
}
