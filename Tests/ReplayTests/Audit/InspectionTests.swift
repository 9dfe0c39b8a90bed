import Catalogue
import Entities
import EventLog
import JSON
import Replay
import System
import TestStudio
import TestSupport
import Testing

@Suite struct InspectionTests {
    /// Counted from the events themselves, at every position.
    @Test func whatIsCountedIsWhatTheEventsSay() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(8)
            let inspector = Inspector(pool: studio.pool, catalogue: studio.catalogue)
            let events = try await EventReader(pool: studio.pool).events(EventFilter(), limit: 1_000)
            var archived: [UUID: Bool] = [:]
            var types: [UUID: String] = [:]
            for event in events {
                types[event.stream] = event.category
                if event.type.hasSuffix(".archived") { archived[event.stream] = true }
                if event.type.hasSuffix(".unarchived") { archived[event.stream] = false }
                guard event.position % 5 == 0 else { continue }
                let inspection = try await inspector.inspect(at: .position(event.position), eventCount: 3)
                #expect(inspection.point.recordedAt == event.recordedAt)
                #expect(inspection.head.position == events.count)
                for row in inspection.types {
                    let all = types.filter { $0.value == row.type }.keys
                    let gone = all.filter { archived[$0] == true }.count
                    #expect(row.then == TypeCount(alive: all.count - gone, archived: gone), "\(row.type)")
                }
                #expect(inspection.last.map(\.position) == [0, 1, 2].map { event.position - $0 })
            }
        }
    }

    @Test func aTypeTellsWhatItsFileSays() async throws {
        try await Studio.with { studio in
            let before = try await Operation(studio.service, actor: "admin").run(.init("import", "An import")) { _ in
                try await Point.now.resolve(in: studio.pool).position
            }
            let inspection = try await Inspector(pool: studio.pool, catalogue: studio.catalogue).inspect(
                at: .position(before))
            let byStatus = try #require(inspection.summaries.first { $0.title == "Operations by status" })
            let rows = Dictionary(uniqueKeysWithValues: byStatus.rows.map { ($0.group ?? "", [$0.then, $0.now]) })
            #expect(rows == ["running": ["1", nil], "completed": [nil, "1"]])
            #expect(inspection.types.first?.isSystem == true)
            let json = try JSONValue(parsing: inspection.encoded())
            #expect(json["position"] == .integer(before))
        }
    }

    @Test func aSumIsExactAndOfEachGroup() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            for (name, rating, owned) in [("Azul", "7.1", true), ("Brass", "8.25", true), ("Catan", "0.2", false)] {
                try await scribe.create(
                    "board_game",
                    [
                        "name": .string(name), "rating": .number(try #require(JSONNumber(rating))),
                        "is_owned": .bool(owned),
                    ])
            }
            let reader = EntityReader(pool: studio.pool, catalogue: studio.catalogue)
            let type = try scribe.type("board_game")
            let all = TypeSummary(title: "Ratings", measure: .sum("rating", by: nil))
            #expect(try await reader.values(of: all, type, at: nil).map(\.value) == ["15.55"])
            #expect(try await reader.values(of: all, type, at: 1).map(\.value) == ["7.1"])
            let grouped = TypeSummary(title: "Ratings", measure: .sum("rating", by: "is_owned"))
            let rows = try await reader.values(of: grouped, type, at: nil)
            #expect(rows.map(\.group) == ["true", "false"])
            #expect(rows.map(\.value) == ["15.35", "0.2"])
        }
    }
}
