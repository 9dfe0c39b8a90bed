import Catalogue
import Entities
import EventLog
import JSON
import Postgres
import System
import TestStudio
import TestSupport
import Testing
import Transfer

@Suite struct RoundTripTests {
    @Test(arguments: 0..<4) func whatWasExportedIsImportedByteForByte(round: Int) async throws {
        let folder = try TemporaryFolder("roundtrip")
        let random = SeededRandom.forTest()
        let (first, second, third) = (folder.path("first"), folder.path("second"), folder.path("third"))
        try await Studio.with { studio in
            var life = RandomStudio(studio, random)
            try await life.live(entities: 120, changes: 400)
            let (count, _) = try await Exporter(studio.service, actor: "admin").run(to: first)
            #expect(count >= 100)
        }
        try await Studio.with { studio in
            let importer = Importer(studio.service, actor: "admin")
            let promised = try await importer.dryRun(first)
            #expect(studio.committed.events.isEmpty)
            let report = try await importer.run(first)
            #expect(report == promised)
            #expect(report.problemCount == 0, "\(report.items.filter { !$0.problems.isEmpty })")
            #expect(report.count(.created) == report.items.count)
            let events = studio.committed.events.count
            let again = try await importer.run(first)
            #expect(again.count(.unchanged) == again.items.count)
            #expect(studio.committed.events.count == events)
            _ = try await Exporter(studio.service, actor: "admin").run(to: second)
            #expect(try Self.files(first) == Self.files(second))
            // And into a studio that has gone on living.
            var life = RandomStudio(studio, random)
            try await life.live(entities: 20, changes: 0)
            _ = try await importer.run(first)
            _ = try await Exporter(studio.service, actor: "admin").run(to: third)
            let (want, got) = (try Self.files(first), try Self.files(third))
            #expect(want.allSatisfy { got[$0.key] == $0.value })
        }
    }

    /// Both scenes point to themselves, so the import can add their links only after it has created everything, and the story
    /// takes its scenes along when someone archives it.
    @Test func anArchivedStoryLeavesItsScenesAsTheirFilesHaveThem() async throws {
        let folder = try TemporaryFolder("archived")
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            let story = try await scribe.create("story", ["title": "The sea"])
            try await scribe.change(story, "story", .link(.init(target: story, relation: "related")))
            for title in ["Storm", "Calm"] {
                let data: JSONObject = ["title": .string(title), "story": .string(story.description)]
                let scene = try await scribe.create("story_scene", data)
                try await scribe.change(scene, "story_scene", .link(.init(target: scene, relation: "related")))
            }
            try await scribe.change(story, "story", .archive)
            let calm = try await Self.scene("Calm", in: studio)
            #expect(calm.archivedWith == story)
            try await scribe.change(try await Self.scene("Storm", in: studio).id, "story_scene", .unarchive)
            _ = try await Exporter(studio.service, actor: "admin").run(to: folder.path("first"))
        }
        try await Studio.with { studio in
            let report = try await Importer(studio.service, actor: "admin").run(folder.path("first"))
            #expect(report.problemCount == 0, "\(report.items.filter { !$0.problems.isEmpty })")
            _ = try await Exporter(studio.service, actor: "admin").run(to: folder.path("second"))
            #expect(try Self.files(folder.path("first")) == Self.files(folder.path("second")))
        }
    }

    private static func scene(_ title: String, in studio: Studio) async throws -> Entity {
        let (document, created) = try await studio.pool.query(
            "scene", "SELECT document, created_position FROM live.entities WHERE name = \(title)"
        ).only(JSONBytes.self, Int64.self)
        return try Entity(document: document.bytes, createdPosition: Int(created))
    }

    @Test func anExportShowsThePointThatWasAskedFor() async throws {
        let folder = try TemporaryFolder("asof")
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            let ada = try await scribe.create("character", ["name": "Ada"])
            try await scribe.change(ada, "character", .patch(["personality": "curious"]))
            _ = try await scribe.create("character", ["name": "Bo"])
            let exporter = Exporter(studio.service, actor: "admin")
            let (count, position) = try await exporter.run(to: folder.path("then"), at: .position(1))
            #expect(count == 1)
            #expect(position == 1)
            let file = try JSONValue(parsing: Files.read(folder.path("then/data/character/\(ada).json")))
            #expect(file["data"] == ["name": "Ada"])
            let inUse = Exporter.Problem.folderInUse(folder.path("then/data"))
            await #expect(throws: inUse) { try await exporter.run(to: folder.path("then")) }
        }
    }

    static func files(_ root: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for type in try Files.names(in: "\(root)/data") {
            for name in try Files.names(in: "\(root)/data/\(type)") {
                files["\(type)/\(name)"] = try Files.read("\(root)/data/\(type)/\(name)")
            }
        }
        return files
    }
}
