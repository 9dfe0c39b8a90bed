import Catalogue
import Entities
import EventLog
import JSON
import System
import TestStudio
import TestSupport
import Testing
import Transfer

@Suite struct SampleTests {
    private static let now = Timestamp(microsecondsSinceEpoch: 1_795_240_000_000_000)

    private static func loaded(_ body: (Studio, SampleStudio, SampleClock) async throws -> Void) async throws {
        let clock = SampleClock(now)
        var configuration = CommandWriterConfiguration()
        configuration.clock = clock
        try await Studio.with(configuration: configuration) { studio in
            let sample = try SampleStudio(reading: "\(Studio.root)/ops/sample", studio.catalogue)
            _ = try await sample.load(into: studio.service, clock: clock, now: now)
            try await body(studio, sample, clock)
        }
    }

    @Test func everyTypeHasSomethingToShow() async throws {
        try await Self.loaded { studio, _, _ in
            let created = studio.committed.events.filter { $0.version == 1 }
            let counts = Dictionary(grouping: created, by: \.category).mapValues(\.count)
            // Nobody has signed in yet.
            for type in studio.catalogue.types where type.name != "sign_in" {
                #expect(counts[type.name, default: 0] > 0, "no \(type.name)")
            }
            let least = [
                "character": 8, "clothing_item": 40, "outfit": 10, "story": 6, "board_game": 5, "tag": 10, "qa": 3,
            ]
            for (type, count) in least { #expect(counts[type, default: 0] >= count, "\(type)") }
            let verbs = Set(studio.committed.events.map { String($0.type.split(separator: ".")[1]) })
            // Rollbacks are left for the reader to try.
            let declared = try #require(studio.catalogue[type: "character"]).events.map(\.verb).filter {
                $0 != "restored"
            }
            #expect(verbs.isSuperset(of: declared), "missing: \(Set(declared).subtracting(verbs))")
        }
    }

    @Test func twoPeopleWorkedOnItOverAWeek() async throws {
        try await Self.loaded { studio, _, _ in
            let events = studio.committed.events
            let metas = try events.compactMap { EventMeta(try JSONValue(parsing: $0.meta)) }
            #expect(Set(metas.map(\.actor)) == ["mira", "tomas", "admin"])
            let days = Set(events.dropLast(2).map { $0.recordedAt.microsecondsSinceEpoch / 86_400_000_000 })
            #expect(days.count == 7)
            #expect(zip(events, events.dropFirst()).allSatisfy { $0.recordedAt <= $1.recordedAt })
            let last = try #require(events.last)
            #expect(last.recordedAt == Self.now)
            #expect(metas.count { $0.reason != nil } > 100)
        }
    }

    @Test func aMistakeAndItsCorrectionCanBeSeen() async throws {
        try await Self.loaded { studio, _, _ in
            let reader = EntityReader(pool: studio.pool, catalogue: studio.catalogue)
            let type = try #require(studio.catalogue[type: "character"])
            let events = studio.committed.events
            let reverted = try #require(events.first { $0.type == "character.reverted" })
            let history = try #require(try await reader.history(of: reverted.stream, type))
            let correction = try #require(history.items.first { $0.event == "character.reverted" })
            #expect(correction.meta?.reason?.contains("Wrong person") == true)
            #expect(correction.changes.contains { $0.path.description == "/data/eye_color" })
            let before = try #require(
                try await reader.find(reverted.stream, of: type, at: .position(reverted.position - 1)))
            let after = try #require(try await reader.find(reverted.stream, of: type))
            #expect(try JSONValue(parsing: before)["data"]["eye_color"] == "sea-green")
            #expect(try JSONValue(parsing: after)["data"]["eye_color"] == "grey")
            #expect(try JSONValue(parsing: after)["data"]["height_centimeters"] == 181)
        }
    }

    @Test func itIsTheSameTaleWhereverItIsTold() async throws {
        var tales: [[UUID]] = []
        for _ in 0..<2 {
            try await Self.loaded { studio, _, _ in
                tales.append(studio.committed.events.filter { $0.category != "operation" }.map(\.stream))
            }
        }
        #expect(tales[0] == tales[1])
    }

    @Test func aLogThatHoldsSomethingRefusesIt() async throws {
        try await Self.loaded { studio, sample, clock in
            let count = studio.committed.events.count
            await #expect(throws: SampleStudio.Problem.self) {
                try await sample.load(into: studio.service, clock: clock, now: Self.now)
            }
            #expect(studio.committed.events.count == count)
        }
    }
}
