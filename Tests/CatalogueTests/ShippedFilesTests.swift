import Catalogue
import JSON
import System
import Testing

@Suite struct ShippedFilesTests {
    static let folder = Files.folder(of: Files.folder(of: Files.folder(of: #filePath))) + "/events"

    static func files() throws -> [(file: String, bytes: [UInt8])] {
        try [folder, "\(folder)/system"].flatMap { place in
            try Files.names(in: place).filter { $0.hasSuffix(".json") }
                .map { ("\(place)/\($0)", try Files.read("\(place)/\($0)")) }
        }
    }

    let catalogue: Catalogue

    init() throws { catalogue = try Catalogue.load(from: [Self.folder]) }

    @Test func everyTypeThatWasOrderedIsThere() {
        let ordered = [
            "accessory", "alteration", "art_style", "board_game", "character", "clothing_item", "composition",
            "document", "expression", "hair_color", "hair_style", "image", "makeup", "outfit", "qa", "story",
            "story_audience", "story_prose_style", "story_scene", "story_theme", "tag", "visual_style",
            "visualization_config",
        ]
        #expect(catalogue.types.filter { !$0.isSystem }.map(\.name) == ordered)
        #expect(catalogue[type: "operation"]?.isSystem == true)
    }

    @Test func aNameAloneIsEnough() {
        for type in catalogue.types where !type.isSystem {
            let minimal: JSONValue = .object([type.nameField: "A name"])
            #expect(type.problems(in: minimal).isEmpty, "\(type.name)")
            #expect(type.event(verb: "created")?.schema.problems(in: minimal).isEmpty == true)
        }
    }

    @Test func aMisspeltFieldGetsASuggestion() throws {
        for type in catalogue.types {
            for field in type.fields {
                var data: JSONValue = .object([type.nameField: "A name"])
                data[field.name + "x"] = "value"
                let problem = try #require(type.problems(in: data).first { $0.pointer.tokens == [field.name + "x"] })
                #expect(problem.message.contains("did you mean"), "\(type.name): \(problem)")
            }
        }
    }

    @Test func everyFieldIsExplainedAndBounded() {
        for type in catalogue.types {
            for field in type.fields {
                #expect(field.summary.hasSuffix(".") || field.summary.hasSuffix("…"), "\(type.name).\(field.name)")
                if field.kind == .string {
                    let bounds = ["maxLength", "enum", "format", "pattern"]
                    #expect(bounds.contains { field.schema[$0] != nil }, "\(type.name).\(field.name) has no end")
                }
                #expect(!field.name.contains("colour"), "field names are American: \(type.name).\(field.name)")
            }
        }
    }

    @Test func nobodyCallsAnEntityByThatWord() throws {
        for (file, bytes) in try Self.files() {
            #expect(!String(decoding: bytes, as: UTF8.self).lowercased().contains("pre" + "set"), "\(file)")
        }
    }

    @Test func aSceneIsArchivedWithItsStory() {
        let story = catalogue[type: "story_scene"]?.field("story")?.reference
        #expect(story == Reference(types: ["story"], isList: false, onArchive: .archive))
    }

    @Test func referencesInsideOfObjectsAreKnown() {
        #expect(catalogue[type: "composition"]?.references.map(\.path).contains("layers.entity") == true)
        #expect(catalogue[type: "qa"]?.references.map(\.path).contains("citations.document") == true)
    }

    @Test func aTagIsOneForEachName() { #expect(catalogue[type: "tag"]?.uniqueBy == "name") }

    @Test func anOperationRunsFromStartToEnd() throws {
        let operation = try #require(catalogue[type: "operation"])
        var state: JSONValue = .null
        for (verb, data) in [
            ("started", ["kind": "backup", "title": "Backup", "status": "running", "total": 10]),
            ("progressed", ["done": 4, "message": "Segment 4", "rate": 0.5, "remaining_seconds": 12]),
            ("cancel_requested", ["cancel_requested": true]),
            ("failed", ["status": "failed", "problem": ["title": "Its process ended"]]),
            ("resumed", ["status": "running", "message": .null, "problem": .null]),
            ("completed", ["status": "completed", "done": 10, "result": ["bytes": 1024]]),
        ] as [(String, JSONValue)] {
            #expect(operation.event(verb: verb)?.schema.problems(in: data) == [])
            state = state.merging(data)
            #expect(operation.problems(in: state) == [])
        }
    }

    @Test func theExampleOfTheReadmeIsAType() throws {
        let page = try Files.readText("\(Self.folder)/README.md")
        let block = try #require(page.split(separator: "```json\n").dropFirst().first?.firstMatch(of: /(?s)(.*?)```/))
        let plant = ("plant.json", Array(String(block.1).utf8))
        let catalogue = try Catalogue(documents: try Self.files() + [plant])
        #expect(catalogue.type(collection: "plants")?.problems(in: ["name": "Monstera"]) == [])
    }
}
