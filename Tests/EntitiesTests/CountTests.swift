import Entities
import EventLog
import JSON
import Postgres
import Projections
import System
import TestStudio
import TestSupport
import Testing

/// What is counted while it happens is what counting finds.
@Suite struct CountTests {
    private func maintained(_ studio: Studio) async throws -> [String] {
        try await studio.pool.query(
            "maintained",
            """
            SELECT concat_ws(' ', type, archived, favorite, count) FROM live.entity_counts WHERE count <> 0 ORDER BY 1
            """
        ).decode(String.self)
    }

    private func counted(_ studio: Studio) async throws -> [String] {
        try await studio.pool.query(
            "counted",
            """
            SELECT concat_ws(' ', type, archived, favorite, count(*)) FROM live.entities
            GROUP BY type, archived, favorite ORDER BY 1
            """
        ).decode(String.self)
    }

    @Test func countsFollowEveryChange() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(40)
            let expected = try await counted(studio)
            #expect(expected.count > 5)
            #expect(try await maintained(studio) == expected)
        }
    }

    /// A rebuild reads streams again that have gone on meanwhile. What it has counted of them must not count twice.
    @Test func aRebuildThatCatchesUpCountsEachEventOnce() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            try await scribe.tell(20)
            let id = try await scribe.create("character", ["name": "Busy"])
            let isBusy = Lock(true)
            async let writing: Void = {
                var wanted = true
                while isBusy.withLock({ $0 }) {
                    try await scribe.change(id, "character", .favorite(wanted))
                    wanted.toggle()
                    _ = try await scribe.create("image", Scribe.image)
                }
            }()
            for _ in 0..<5 { try await studio.rebuilder().rebuild() }
            isBusy.withLock { $0 = false }
            try await writing
            #expect(try await maintained(studio) == counted(studio))
            #expect(try await studio.checker().check().isClean)
        }
    }

    /// A row with 0 is the same row whoever made it.
    @Test func whatNobodyIsAnyMoreStaysAsZero() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            let id = try await scribe.create("character", ["name": "Ada"])
            try await scribe.change(id, "character", .favorite(true))
            try await scribe.change(id, "character", .favorite(false))
            let zeros = try await studio.pool.query(
                "zeros", "SELECT count(*) FROM live.entity_counts WHERE count = 0"
            ).only(Int.self)
            #expect(zeros == 1)
            #expect(try await studio.checker().check().isClean)
        }
    }
}
