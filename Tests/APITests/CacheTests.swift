import Catalogue
import EventLog
import HTTPServer
import JSON
import System
import Telemetry
import TestSupport
import Testing

@testable import API

@Suite struct CacheTests {
    private static let id = UUID(high: 1, low: 2)

    private static func cache(_ change: (inout ResponseCache.Configuration) -> Void = { _ in }) throws -> ResponseCache
    {
        var configuration = ResponseCache.Configuration()
        change(&configuration)
        return ResponseCache(
            catalogue: try Catalogue.load(from: ["\(Studio.root)/events"]), configuration: configuration, headers: [],
            metrics: Metrics())
    }

    private static let tag = EntityTag("1")

    @Test func anAnswerDiesOfAge() throws {
        let clock = ScriptedClock()
        let cache = try Self.cache { $0.clock = clock }
        let subjects: [(ResponseCache.Subject, Duration)] = [
            (.type("character"), .seconds(60)), (.everything, .seconds(60)), (.entity(Self.id), .seconds(300)),
            (.past, .seconds(3_600)),
        ]
        for (index, (subject, _)) in subjects.enumerated() {
            _ = cache.keep("/\(index)", [1], tag: Self.tag, cache.ticket(subject))
        }
        var passed: Duration = .zero
        for age in Set(subjects.map(\.1)).sorted() {
            clock.advance(by: age - passed - .milliseconds(1))
            for (index, (_, most)) in subjects.enumerated() {
                #expect((cache.find("/\(index)") != nil) == (most >= age), "\(index) at \(age)")
            }
            clock.advance(by: .milliseconds(1))
            passed = age
            for (index, (_, most)) in subjects.enumerated() {
                #expect((cache.find("/\(index)") != nil) == (most > age), "\(index) after \(age)")
            }
        }
    }

    @Test func whatAnEventOvertookIsNeverKept() throws {
        let cache = try Self.cache()
        for subject in [ResponseCache.Subject.entity(Self.id), .type("character"), .everything] {
            let ticket = cache.ticket(subject)
            // The event comes after the database was asked, and before its answer is put away.
            cache.invalidate(entity: Self.id, type: "character")
            _ = cache.keep("/a", [1], tag: nil, ticket)
            #expect(cache.find("/a") == nil)
        }
        let ticket = cache.ticket(.type("outfit"))
        cache.invalidate(entity: Self.id, type: "character")
        _ = cache.keep("/b", [1], tag: nil, ticket)
        #expect(cache.find("/b") != nil)
    }

    @Test func memoryStaysWithinItsBounds() throws {
        let cache = try Self.cache {
            $0.bytesMax = 1 << 20
            $0.entryBytesMax = 10_000
        }
        let answer = [UInt8](repeating: 7, count: 1_000)
        for index in 0..<5_000 {
            _ = cache.keep("/\(index)", answer, tag: nil, cache.ticket(.past))
            #expect(cache.statistics.bytes <= 1 << 20)
        }
        #expect(cache.statistics.evictions > 3_000)
        #expect(cache.statistics.entries > 50)
        #expect(cache.find("/4999") != nil)
        _ = cache.keep("/large", [UInt8](repeating: 7, count: 10_001), tag: nil, cache.ticket(.past))
        #expect(cache.find("/large") == nil)
    }

    @Test func whatIsAskedForStays() throws {
        let cache = try Self.cache { $0.bytesMax = 1 << 20 }
        let answer = [UInt8](repeating: 7, count: 1_000)
        _ = cache.keep("/wanted", answer, tag: nil, cache.ticket(.past))
        for index in 0..<3_000 {
            _ = cache.keep("/\(index)", answer, tag: nil, cache.ticket(.past))
            #expect(cache.find("/wanted") != nil)
        }
    }

    @Test(arguments: [
        ("/api/v2/characters*", "/api/v2/characters?q=a", true),
        ("/api/v2/characters", "/api/v2/characters?q=a", false),
        ("*", "", true), ("*a*b", "xaxxb", true), ("*a*b", "xaxxbc", false), ("a**c", "ac", true), ("", "a", false),
        ("/x/*/y*", "/x/1/2/y?z", true),
    ])
    func aStarStandsForAnything(pattern: String, text: String, isMatch: Bool) {
        #expect(Wildcard(pattern).matches(text) == isMatch)
    }

    private static func statistics(_ client: Client) async throws -> JSONValue {
        try await client.get("/api/v2/admin/cache").json
    }

    @Test func hitsAreCountedAndOwnWritesSeenAtOnce() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let ada = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let path = "/api/v2/characters/\(ada.id)"
            _ = try await client.send("POST /api/v2/admin/cache/reset-statistics")
            let first = try await client.get(path)
            #expect(try await client.get(path).bytes == first.bytes)
            let statistics = try await Self.statistics(client)
            #expect(statistics["hits"] == 1)
            #expect(statistics["misses"] == 1)
            #expect(statistics["hit_rate"]?.double == 0.5)
            #expect(statistics["entries"] == 1)
            let tag = try #require(first.header("ETag"))
            #expect(try await client.get(path, ["If-None-Match": tag]).status == 304)
            let list = try await client.get("/api/v2/characters")
            _ = try await client.send("PATCH \(path)", ["age": 5])
            #expect(try await client.get(path).json["data"]?["age"] == 5)
            #expect(try await client.get("/api/v2/characters").bytes != list.bytes)
            #expect(try await client.get(path, ["If-None-Match": tag]).status == 200)
        }
    }

    @Test func anotherNodesWriteIsSeenByTheLog() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let ada = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let path = "/api/v2/characters/\(ada.id)"
            _ = try await client.get(path)
            try await studio.withOtherNode { other in
                let otherClient = try Client(other, token: Studio.token)
                #expect(try await otherClient.send("PATCH \(path)", ["age": 5]).status == 200)
            }
            try await eventually(within: .seconds(20), "the cache hears of it") {
                try await client.get(path).json["data"]?["age"] == 5
            }
        }
    }

    @Test func handsCanMakeItForget() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let ada = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let targets = [
                "/api/v2/characters/\(ada.id)", "/api/v2/characters", "/api/v2/characters?limit=5", "/api/v2/outfits",
            ]
            let bodies: [(body: JSONValue, removed: Int)] = [
                (["entity": .string(ada.id), "type": "character"], 1), (["endpoint": "/api/v2/characters"], 2),
                (["pattern": "/api/v2/characters*"], 3), (["pattern": "*outfits"], 1),
            ]
            for (body, removed) in bodies {
                for target in targets { _ = try await client.get(target) }
                let answer = try await client.send("POST /api/v2/admin/cache/invalidate", body)
                #expect(answer.json["removed"]?.integer == removed, "\(body)")
            }
            for target in targets { _ = try await client.get(target) }
            #expect(try await client.send("POST /api/v2/admin/cache/clear").json["removed"] == 4)
            #expect(try await Self.statistics(client)["entries"] == 0)
            for body: JSONValue in [
                [:], ["entity": "x"], ["entity": .string(ada.id), "type": "dragon"], ["endpoint": 1],
            ] {
                #expect(try await client.send("POST /api/v2/admin/cache/invalidate", body).status == 422)
            }
        }
    }
}
