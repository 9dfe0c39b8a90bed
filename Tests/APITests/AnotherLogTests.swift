import Entities
import EventLog
import JSON
import Postgres
import TestSupport
import Testing

/// What clients keep of a log that is not the one that answers: this one was restored from it, or forked.
@Suite struct AnotherLogTests {
    /// Makes another log of it, as a restore to an earlier point would, which went on to where the other was.
    private func part(_ studio: Studio) async throws {
        let former = try await studio.service.log.identity().id
        let head = try await EventReader(pool: studio.pool).head().position
        try await studio.pool.execute(
            "part",
            """
            UPDATE log.head SET log_id = gen_random_uuid(), predecessor = \(former.uuid),
                predecessor_position = \(Int64(head - 1))
            """)
    }

    @Test func aTagOfAnotherLogMatchesNothing() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let made = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let path = "/api/v2/characters/\(made.id)"
            let tag = try #require(made.header("ETag"))
            let list = try await client.get("/api/v2/characters")
            let listTag = try #require(list.header("ETag"))
            try await part(studio)
            try await studio.withOtherNode { address in
                let client = try Client(address, token: Studio.token)
                #expect(try await client.get(path, ["If-None-Match": tag]).status == 200)
                #expect(try await client.get("\(path)/versions/1", ["If-None-Match": tag]).status == 200)
                #expect(try await client.get("/api/v2/characters", ["If-None-Match": listTag]).status == 200)
                // It is at that version, but by another history. So it would be for who only says the number.
                for former in [tag, "\"1\""] {
                    let refused = try await client.send("PATCH \(path)", ["age": 5], ["If-Match": former])
                    #expect(refused.status == 412 && refused.json["current_version"] == 1, "\(former)")
                    let current = try #require(refused.json["current_etag"]?.string)
                    #expect(try await client.get(path, ["If-None-Match": current]).status == 304)
                }
                let current = try #require(try await client.get(path).header("ETag"))
                #expect(try await client.send("PATCH \(path)", ["age": 5], ["If-Match": current]).status == 200)
            }
        }
    }

    @Test func aCursorOfAnotherLogIsRefused() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            for name in ["Ada", "Bea", "Cleo"] {
                _ = try await client.send("POST /api/v2/characters", ["name": .string(name)])
            }
            let list = "/api/v2/characters?limit=1"
            let audit = "/api/v2/admin/audit?limit=1"
            let cursors = try await [list, audit].asyncMap { path in
                try #require(try await client.get(path).json["next_cursor"]?.string)
            }
            for (path, cursor) in zip([list, audit], cursors) {
                #expect(try await client.get("\(path)&cursor=\(cursor)").status == 200)
            }
            try await part(studio)
            try await studio.withOtherNode { address in
                let client = try Client(address, token: Studio.token)
                let refused = try await client.get("\(list)&cursor=\(cursors[0])")
                #expect(refused.status == 409 && refused.code == "another_log", "\(refused.raw.text)")
                #expect(
                    refused.json["log"]?.string
                        == (try await EventReader(pool: studio.pool).identity().identity.id.description))
                #expect(try await client.get("\(audit)&cursor=\(cursors[1])").status == 400)
                // A position without its log tells nothing where there was another.
                #expect(try await client.get("\(audit)&cursor=2").status == 400)
                for path in [list, audit] {
                    let cursor = try #require(try await client.get(path).json["next_cursor"]?.string)
                    #expect(try await client.get("\(path)&cursor=\(cursor)").status == 200)
                }
            }
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
