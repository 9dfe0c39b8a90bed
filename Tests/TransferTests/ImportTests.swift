import Catalogue
import Entities
import EventLog
import JSON
import Projections
import System
import TestStudio
import TestSupport
import Testing
import Transfer

@Suite struct ImportTests {
    let folder: TemporaryFolder
    private var root: String { folder.path("old") }

    init() throws { folder = try TemporaryFolder("import") }

    private func write(_ path: String, _ text: String) throws {
        let file = "\(root)/data/\(path)"
        try Files.makeFolder(Files.folder(of: file))
        try Files.replace(file, with: Array(text.utf8))
    }

    @Test func namesOfAnOldInstallationBecomeIdsAndReferencesFollow() async throws {
        try write("characters/jenny.json", #"{"id": "jenny", "name": "Jenny", "hair_style": "bob", "notes": null}"#)
        try write("hair_style/bob.json", #"{"name": "Bob"}"#)
        try write("composition/c1.json", #"{"name": "C", "character": "jenny", "layers": [{"entity": "bob"}]}"#)
        try await Studio.with { studio in
            let importer = Importer(studio.service, actor: "mira")
            let report = try await importer.run(root)
            #expect(report.count(.created) == 3)
            #expect(report.problemCount == 0)
            let style = try #require(report.items.first { $0.type == "hair_style" }?.id)
            let jenny = try await studio.document(report, "characters/jenny.json")
            #expect(jenny["data"] == ["name": "Jenny", "hair_style": .string(style.description)])
            let composition = try await studio.document(report, "composition/c1.json")
            #expect(composition["data"]["layers"]?[0]?["entity"]?.string == style.description)
            let again = try await importer.run(root)
            #expect(again.count(.unchanged) == 3)
        }
    }

    /// A character once came in under the id that a tag derives from its name, and that tag answered 500 for ever.
    @Test func anIdThatBelongsToAnotherTypeIsRefusedInWords() async throws {
        try await Studio.with { studio in
            let tag = try #require(studio.catalogue[type: "tag"])
            let scribe = Scribe(studio: studio)
            let id = try await scribe.create("hair_style", ["name": "Bob"])
            try write("character/\(id).json", #"{"name": "Impostor"}"#)
            try write("character/\(tag.derivedID(slug: "wool")).json", #"{"name": "Squatter"}"#)
            let importer = Importer(studio.service, actor: "mira")
            for report in [try await importer.dryRun(root), try await importer.run(root)] {
                let refused = report.items.filter { $0.outcome == .refused }
                #expect(refused.map(\.path) == ["character/\(id).json"])
                let said = refused.first?.problems.joined() ?? ""
                #expect(said.contains("category hair_style"), "\(refused)")
            }
            // The squatter was there first: whoever wants the tag is told so, again and again, and nothing breaks.
            for _ in 0..<2 {
                await #expect(throws: Rejection.self) { try await scribe.change(id, "hair_style", .tag(["wool"])) }
            }
            try await scribe.change(id, "hair_style", .tag(["silk"]))
            let check = try await studio.checker().check()
            #expect(check.isClean)
        }
    }

    /// The story: an import handed in more bytes than may wait, and was refused for ever.
    @Test func anImportThatIsLargerThanAllThatMayWaitWaitsForItsTurn() async throws {
        let long = String(repeating: "brave ", count: 100)
        for number in 0..<30 {
            try write("character/\(number).json", #"{"name": "C\#(number)", "personality": "\#(long)"}"#)
        }
        var configuration = CommandWriterConfiguration()
        configuration.waitingBytesMax = 3_000
        configuration.commandsPerBatchMax = 3
        try await Studio.with(configuration: configuration) { studio in
            let report = try await Importer(studio.service, actor: "mira").run(root)
            #expect(report.count(.created) == 30 && report.problemCount == 0)
        }
    }

    @Test func whatIsThereIsChangedByWhatDiffersAlone() async throws {
        try write("character/a.json", #"{"name": "Ada", "age": 3, "occupation": "child"}"#)
        try await Studio.with { studio in
            let importer = Importer(studio.service, actor: "mira")
            _ = try await importer.run(root)
            try write("character/a.json", #"{"name": "Ada", "age": 4}"#)
            let report = try await importer.run(root)
            #expect(report.count(.changed) == 1)
            let updated = try #require(studio.committed.events.last { $0.type == "character.updated" })
            #expect(try JSONValue(parsing: updated.data) == ["age": 4, "occupation": .null])
        }
    }

    @Test func whatDoesNotFitIsToldOfAndLeftOutAndTheRestComesIn() async throws {
        try write("character/a.json", #"{"name": "Ada", "apperance": "tall", "age": "old", "hair_style": "gone"}"#)
        try write("character/b.json", #"{"appearance": "nameless"}"#)
        try write("character/c.json", "{")
        try write("character/notes.txt", "hello")
        try write("dragon/d.json", "{}")
        try write("operation/o.json", "{}")
        try await Studio.with { studio in
            let importer = Importer(studio.service, actor: "mira")
            let promised = try await importer.dryRun(root)
            let report = try await importer.run(root)
            #expect(report == promised)
            let ada = try #require(report.items.first { $0.path == "character/a.json" })
            #expect(ada.outcome == .created)
            #expect(ada.problems.count == 3)
            #expect(ada.problems.contains { $0.contains("appearance") }, "\(ada.problems)")
            for path in ["character/b.json", "character/c.json", "character/notes.txt", "dragon", "operation"] {
                let item = try #require(report.items.first { $0.path == path })
                #expect(item.outcome == .refused)
                #expect(!item.problems.isEmpty)
            }
            #expect(try await studio.document(report, "character/a.json")["data"] == ["name": "Ada"])
        }
    }

    @Test func thoseThatPointToEachOtherComeInAllTheSame() async throws {
        let (image, character) = ("01893b1e-0000-7000-8000-000000000001", "01893b1e-0000-7000-8000-000000000002")
        try write(
            "image/\(image).json",
            #"{"name": "Portrait", "entities": ["\#(character)"], "source_images": ["\#(image)"]}"#)
        try write(
            "character/\(character).json",
            #"{"type": "character", "archived": true, "tags": ["sea"], "links": [{"to": "\#(image)", "relation": "shows"}], "data": {"name": "Ada", "reference_image": "\#(image)"}}"#
        )
        try await Studio.with { studio in
            let report = try await Importer(studio.service, actor: "mira").run(root)
            #expect(report.problemCount == 0, "\(report.items)")
            let ada = try await studio.document(report, "character/\(character).json")
            #expect(ada["archived"] == true)
            #expect(ada["data"]["reference_image"]?.string == image)
            #expect(ada["links"]?[0]?["to"]?.string == image)
            let portrait = try await studio.document(report, "image/\(image).json")
            #expect(portrait["data"]["entities"]?[0]?.string == character)
            #expect(portrait["data"]["source_images"]?[0]?.string == image)
        }
    }

    @Test func anImportIsRecordedAsOneOperation() async throws {
        try write("character/a.json", #"{"name": "Ada"}"#)
        try write("character/b.json", #"{"name": "Bo"}"#)
        try await Studio.with { studio in
            _ = try await Importer(studio.service, actor: "mira").run(root)
            let events = studio.committed.events
            #expect(
                events.map(\.type) == [
                    "operation.started", "character.created", "character.created", "operation.completed",
                ])
            let metas = try events.compactMap { EventMeta(try JSONValue(parsing: $0.meta)) }
            #expect(Set(metas.map(\.correlation)) == [try #require(events.first).stream])
            #expect(Set(metas.map(\.actor)) == ["mira"])
        }
    }

    @Test func anImportThatIsStoppedSaysSoAndCanBeRepeated() async throws {
        for index in 0..<20 { try write("character/c\(index).json", #"{"name": "C"}"#) }
        try await Studio.with { studio in
            let root = root
            let stopped = Task {
                try await Importer(studio.service, actor: "mira").run(root) { _, _ in
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                }
            }
            await #expect(throws: CancellationError.self) { try await stopped.value }
            #expect(studio.committed.events.map(\.type) == ["operation.started", "operation.cancelled"])
            let report = try await Importer(studio.service, actor: "mira").run(root)
            #expect(report.count(.created) == 20)
        }
    }

    @Test func whatIsArchivedIsNotChangedBehindSomeonesBack() async throws {
        try write("character/a.json", #"{"name": "Ada"}"#)
        try await Studio.with { studio in
            let importer = Importer(studio.service, actor: "mira")
            let id = try #require(try await importer.run(root).items.first?.id)
            try await Scribe(studio: studio).change(id, "character", .archive)
            try write("character/a.json", #"{"name": "Ada Byron"}"#)
            let report = try await importer.run(root)
            #expect(report.count(.refused) == 1)
            #expect(report.items.first?.problems.first?.contains("unarchive") == true)
        }
    }
}

extension Studio {
    func document(_ report: ImportReport, _ path: String) async throws -> JSONValue {
        guard let item = report.items.first(where: { $0.path == path }), let id = item.id,
            let type = item.type.flatMap({ catalogue[type: $0] }),
            let document = try await EntityReader(pool: pool, catalogue: catalogue).find(id, of: type)
        else { return .null }
        return try JSONValue(parsing: document)
    }
}
