import Entities
import EventLog
import JSON
import Postgres
import Projections
import System
import Telemetry
import TestStudio
import TestSupport
import Testing

/// How much is read for one transaction goes by its size: a small command can be about a large entity.
@Suite struct BatchBytesTests {
    private func withWriter(
        _ studio: Studio, _ change: (inout EntityHandler.Limits) -> Void,
        _ body: (CommandWriter<EntityHandler>) async throws -> Void
    ) async throws {
        var limits = EntityHandler.Limits()
        change(&limits)
        let writer = CommandWriter(
            pool: studio.pool,
            handler: EntityHandler(
                catalogue: studio.catalogue, projections: try EntityProjections(studio.set), limits: limits),
            metrics: Metrics(), logger: .silent, committed: { _ in })
        writer.start()
        try await body(writer)
        await writer.stop()
    }

    private func large(_ number: Int) -> JSONObject {
        ["name": .string("Large \(number)"), "personality": .string(String(repeating: "brave ", count: 200))]
    }

    @Test func entitiesThatAreLargeTogetherAreChangedInSeveralTransactions() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            var ids: [UUID] = []
            for number in 0..<6 { ids.append(try await scribe.create("character", large(number))) }
            let first = try await EventReader(pool: studio.pool).head().position + 1
            try await withWriter(studio, { $0.loadedBytesMax = 4_000 }) { writer in
                // Each of them twice, so that a command meets what another has made of its entity.
                var commands = try ids.map { try scribe.command(.favorite(true), $0, "character") }
                commands += try ids.reversed().map { try scribe.command(.tag(["big"]), $0, "character") }
                for result in try await writer.submit(commands) {
                    guard case .changed = try result.get() else {
                        Issue.record("\(result)")
                        continue
                    }
                }
            }
            let transactions = try await studio.pool.query(
                "transactions",
                "SELECT count(DISTINCT xmin::text) FROM log.events WHERE position >= \(Int64(first))"
            ).only(Int.self)
            #expect((3...8).contains(transactions), "\(transactions) transactions")
            for id in ids { #expect(try await scribe.document(id, "character")["version"] == 3) }
            #expect(try await studio.checker().check().isClean)
        }
    }

    /// The story: whatever depended on an entity was read, changed and written with it at once, however much that was.
    @Test func whatGoesAlongIntoTheArchiveHasALimitThatIsToldBeforehand() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            let story = try await scribe.create("story", ["title": "Lighthouse"])
            var scenes: [UUID] = []
            for number in 0..<6 {
                scenes.append(
                    try await scribe.create(
                        "story_scene", ["title": .string("Scene \(number)"), "story": .string(story.description)]))
            }
            try await withWriter(studio, { $0.cascadeBytesMax = 10_000 }) { writer in
                func submit(_ action: EntityCommand.Action, _ id: UUID, _ type: String) async throws {
                    _ = try await writer.submit(scribe.command(action, id, type))
                }
                let before = try await EventReader(pool: studio.pool).head()
                do {
                    try await submit(.archive, story, "story")
                    Issue.record("it was not refused")
                } catch Rejection.cascadeTooLarge(let count, let bytes, let limit) {
                    #expect(count == 6 && bytes > 12_000 && limit == 10_000)
                }
                #expect(try await EventReader(pool: studio.pool).head() == before)
                for scene in scenes.prefix(3) { try await submit(.archive, scene, "story_scene") }
                try await submit(.archive, story, "story")
                // Those that were archived by themselves do not count.
                try await submit(.unarchive, story, "story")
                for (index, scene) in scenes.enumerated() {
                    let document = try await scribe.document(scene, "story_scene")
                    #expect(document["archived"] == .bool(index < 3))
                }
            }
            #expect(try await studio.checker().check().isClean)
        }
    }
}

extension Scribe {
    fileprivate func document(_ id: UUID, _ type: String) async throws -> JSONValue {
        let reader = EntityReader(pool: studio.pool, catalogue: studio.catalogue)
        return try JSONValue(parsing: try #require(try await reader.find(id, of: self.type(type))))
    }
}
