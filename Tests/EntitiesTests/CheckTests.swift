import Entities
import JSON
import Postgres
import Projections
import System
import TestStudio
import TestSupport
import Testing

@Suite struct CheckTests {
    @Test func everyKindOfDamageIsNamed() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            try await scribe.tell(6)
            let id = try await scribe.create("character", ["name": "Damaged"])
            try await scribe.change(id, "character", .patch(["personality": "shy"]))
            let damages: [SQL] = [
                "UPDATE live.entities SET name = 'Other', favorite = NOT favorite WHERE id = \(id)",
                "DELETE FROM live.entity_versions WHERE id = \(id)",
                "INSERT INTO live.words VALUES ('neverwritten', 1)",
                "UPDATE live.entity_references SET until_position = 5 WHERE until_position > 1000000",
                "UPDATE live.receipts SET fingerprint = 'x' WHERE key = 'k0'",
            ]
            for damage in damages { try await studio.pool.execute("damage", damage) }
            let report = try await studio.checker().check()
            #expect(!report.isClean)
            let found = Dictionary(report.projections.map { ($0.name, $0) }) { first, _ in first }
            #expect(
                found["entities"]?.differences == [
                    .init(kind: .different, key: [id.description, "character"], columns: ["favorite", "name"])
                ])
            #expect(
                found["entity_versions"]?.differences == [
                    .init(kind: .missing, key: [id.description, "1"], columns: [])
                ])
            #expect(found["words"]?.differences == [.init(kind: .surplus, key: ["neverwritten"], columns: [])])
            #expect(found["entity_references"]?.isSame == false)
            #expect(
                found["receipts"]?.differences == [
                    .init(kind: .different, key: ["admin", "k0", "0"], columns: ["fingerprint"])
                ])
            // Nothing is left behind, and a rebuild puts all of it right.
            try await studio.rebuilder().rebuild()
            let after = try await studio.checker().check()
            #expect(after.isClean)
        }
    }

    @Test func aSingleByteOfADocumentShows() async throws {
        try await Studio.with { studio in
            let id = try await Scribe(studio: studio).create("character", ["name": "Exact"])
            try await studio.pool.execute(
                "damage",
                "UPDATE live.entities SET document = (document::text || ' ')::json WHERE id = \(id)")
            let report = try await studio.checker().check()
            #expect(
                report.projections.first { $0.name == "entities" }?.differences == [
                    .init(kind: .different, key: [id.description, "character"], columns: ["document"])
                ])
        }
    }

    @Test func noMoreRowsAreNamedThanAskedFor() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(30)
            try await studio.pool.execute("damage", "UPDATE live.entities SET name = 'x' || name")
            let report = try await studio.checker().check()
            let entities = try #require(report.projections.first { $0.name == "entities" })
            #expect(entities.differences.count == 20)
        }
    }

    @Test func expiredReceiptsDoNotCount() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(2)
            try await studio.pool.execute(
                "forge",
                """
                INSERT INTO live.receipts SELECT 'admin', 'ancient', 0, 'f', gen_random_uuid(), 1, 1,
                    recorded_at - interval '8 days' FROM log.head
                """)
            let report = try await studio.checker().check()
            #expect(report.isClean)
        }
    }
}
