import JSON
import System
import TestSupport
import Testing

@testable import Catalogue

/// A mistake, the line it is in, and a part of what is said about it.
struct Mistake: Sendable, CustomTestStringConvertible {
    let new: String
    let old: String
    let line: Int
    let message: String
    let file: String

    init(_ old: String, _ new: String, _ line: Int, _ message: String, in file: String = "events/thing.json") {
        self.old = old
        self.new = new
        self.line = line
        self.message = message
        self.file = file
    }

    var testDescription: String { new }
}

@Suite struct ProblemTests {
    @Test func theSampleItselfIsRight() { #expect(Sample.problems(Sample.documents()) == []) }

    static let mistakes: [Mistake] = [
        // The form of the file.
        Mistake(
            #""plural": "Things","#, #""plurals": "Things","#, 5, #"/plurals is not known here: did you mean "plural"?"#
        ),
        Mistake(#""title": "Thing","#, #""title": "","#, 4, "/title"),
        Mistake(#""icon": "📦","#, "", 1, "/icon is required: add it"),
        Mistake(#""collection": "things""#, #""collection": "My Things""#, 3, "/collection must match the pattern"),
        Mistake(#""version": 3"#, #""version": "three""#, 8, "/version must be a whole number"),
        Mistake(
            #""type": "thing""#, #""type": "think""#, 2, #"/type is "think", so the file must be called think.json"#),
        Mistake(#""type": "thing""#, #""kind": "thing""#, 1, #"says neither "type" (of an entity) nor "category""#),
        Mistake(
            #""type": "thing""#, #""category": "thing", "type": "thing""#, 2,
            #"/category cannot be combined with "type""#),
        Mistake(
            #""collection": "things""#, #""collection": "search""#, 3, "/collection is an address that the API uses"),
        Mistake(#""analyser": "thing""#, #""analyzer": "thing""#, 31, #"did you mean "analyser"?"#),
        Mistake(#"{ "template": "A"#, #"{ "tempate": "A"#, 30, #"did you mean "template"?"#),
        // The schema.
        Mistake(#""color": { "type": "string" }"#, #""color": { "typ": "string" }"#, 15, #"did you mean "type"?"#),
        Mistake(#""color": { "type": "string" }"#, #""color": { "type": "sting" }"#, 15, #"did you mean "string"?"#),
        Mistake(#""color": { "type": "string" }"#, #""color": {}"#, 15, "/schema/properties/color says no type"),
        Mistake(#""color": { "type": "string" }"#, #""color": true"#, 15, "/schema/properties/color must be an object"),
        Mistake(#""color": { "type": "string" }"#, #""color": { "type": "null" }"#, 15, "need not be null"),
        Mistake(#""color": { "type""#, #""my color": { "type""#, 15, "must match the pattern"),
        Mistake(#""minLength": 1"#, #""minLenght": 1"#, 14, #"did you mean "minLength"?"#),
        Mistake(#""minimum": 1"#, #""minimum": "one""#, 17, "/schema/properties/size/minimum must be a number"),
        Mistake(
            #""labels": { "type": "array", "items": { "type": "string" }"#,
            #""labels": { "type": "array", "items": { "$ref": "x" }"#, 16, "/items/$ref cannot be used here"),
        Mistake(#""required": ["name"]"#, #""required": ["nam"]"#, 12, #""nam": did you mean "name"?"#),
        Mistake(
            #""required": ["name"],"#, #""required": ["name"], "allOf": [],"#, 12, "/schema/allOf is not known here"),
        // Names, search and preview.
        Mistake(
            #""name_field": "name""#, #""name_field": "nmae""#, 9,
            #"/name_field names no field of the schema, "nmae": did you mean "name"?"#),
        Mistake(#""name_field": "name","#, "", 1, "/name_field is required"),
        Mistake(#""name_field": "name""#, #""name_field": "size""#, 9, "must name a string field"),
        Mistake(#""unique_by": "name""#, #""unique_by": "color""#, 10, #"add "color" to required"#),
        Mistake(#""labels": "C""#, #""label": "C""#, 25, #""label": did you mean "labels"?"#),
        Mistake(#""labels": "C""#, #""size": "C""#, 25, "/search/size cannot be searched"),
        Mistake(#""labels": "C""#, #""labels": "E""#, 25, #"must be one of "A", "B", "C", "D""#),
        Mistake("{color}", "{colour}", 30, #""colour": did you mean "color"?"#),
        Mistake("{color}", "{color", 30, "opens a brace that it does not close"),
        Mistake(
            #""analyser": "thing""#, #""summary": [{ "title": "Colours", "count_by": "colour" }]"#, 31,
            #"/summary/0/count_by names no field of the schema, "colour": did you mean "color"?"#),
        Mistake(#""analyser": "thing""#, #""summary": [{ "title": "Sizes" }]"#, 31, #"neither "count_by" nor "sum""#),
        Mistake(
            #""analyser": "thing""#, #""summary": [{ "title": "Sizes", "sum": "color" }]"#, 31,
            "/summary/0/sum must name a number field, and color is not one"),
        Mistake(
            #""analyser": "thing""#, #""summary": [{ "title": "Sizes", "sum": "size", "by": "labels" }]"#, 31,
            "/summary/0/by must name a field of single, short values"),
        Mistake(
            #""analyser": "thing""#, #""summary": [{ "title": "Sizes", "count_by": "color", "sum": "size" }]"#, 31,
            #"cannot be combined with "count_by": keep one"#),
        Mistake(
            #""analyser": "thing""#, #""summary": [{ "title": "Sizes", "count_by": "color", "by": "size" }]"#, 31,
            "leave it out"),
        // References.
        Mistake(
            #""x-references": ["thing"]"#, #""x-references": ["thnig"]"#, 18,
            #"/x-references/0 refers to an unknown type, "thnig": did you mean "thing"?"#),
        Mistake(#""x-references": ["thing"]"#, #""x-reference": ["thing"]"#, 18, #"did you mean "x-references"?"#),
        Mistake(#""x-references": ["thing"]"#, #""x-references": []"#, 18, "must be an array of names of types"),
        Mistake(#""x-references": ["*"]"#, #""x-references": ["*", "thing"]"#, 19, #""*" alone means any"#),
        Mistake(#""x-on-archive": "archive""#, #""x-on-archive": "archived""#, 18, #"did you mean "archive"?"#),
        Mistake(
            #""size": { "type": "integer","#, #""size": { "x-on-archive": "keep", "type": "integer","#, 17,
            "belongs beside x-references"),
        Mistake(
            #""format": "uuid", "x-references": ["thing"]"#, #""x-references": ["thing"]"#, 18,
            #"say "type":"string","format":"uuid""#),
        Mistake(
            #""note": { "type": "string" }"#,
            #""note": { "type": "object", "properties": { "deep": { "type": "string", "format": "uuid", "x-references": ["thing"] } } }"#,
            22, "is too deep"),
        // Upcasters.
        Mistake(#""version": 3"#, #""version": 5"#, 8, "no upcaster leads from 3 to 4"),
        Mistake(#""version": 3"#, #""version": 2"#, 28, "/upcasters/1/from leads beyond version 2"),
        Mistake(#""from": 2"#, #""from": 1"#, 28, "/upcasters/1/from is there already"),
        Mistake(#"{ "rename": { "from""#, #"{ "renam": { "from""#, 27, #"did you mean "rename"?"#),
        Mistake(
            #""to": "color" }"#, #""to": "colr" }"#, 27,
            #"makes a field that the schema does not declare, "colr": did you mean "color"?"#),
        Mistake(
            #""from": "colour", "to": "color""#, #""from": "color", "to": "color""#, 27, "is the name it has already"),
        Mistake(#""field": "size", "value": 1"#, #""field": "size", "value": null"#, 28, "is null, which means absent"),
        Mistake(
            #"{ "default": { "field": "size", "value": 1 } }"#, #"{ "function": "twist" }"#, 28,
            #"names no function, "twist": none is declared"#),
        // Categories of the system.
        Mistake(
            #""effect": "merge", "description": "It came"#, #""effect": "merges", "description": "It came"#, 19,
            #"must be one of "create", "merge""#, in: "events/system/task.json"),
        Mistake(
            #""done": true"#, #""doen": true"#, 19, #"is not a field of the state, "doen": did you mean "done"?"#,
            in: "events/system/task.json"),
        Mistake(
            #""schema": { "required": ["title"], "properties": { "title": true } }"#,
            #""schema": { "properties": { "title": true } }"#, 17, #"has to require "title""#,
            in: "events/system/task.json"),
        Mistake(
            #""required": ["title"], "properties": { "title": true"#,
            #""required": ["titel"], "properties": { "title": true"#, 17, #"did you mean "title"?"#,
            in: "events/system/task.json"),
        Mistake(
            #""effect": "create""#, #""effect": "merge""#, 14, #"no event with the effect "create""#,
            in: "events/system/task.json"),
        Mistake(
            #""retired": true"#, #""retird": true"#, 20, #"did you mean "retired"?"#, in: "events/system/task.json"),
        // Between files.
        Mistake(
            #""collection": "tasks""#, #""collection": "things""#, 3,
            #"/collection is "things", as in events/thing.json"#, in: "events/system/task.json"),
        Mistake(
            #""category": "task""#, #""category": "thing""#, 2, #"/category is "thing", as in events/thing.json"#,
            in: "events/system/task.json"),
    ]

    @Test(arguments: mistakes)
    func aMistakeIsNamedWithItsFileLineAndWhatToDo(mistake: Mistake) throws {
        let problems = Sample.problems(writing: mistake.new, insteadOf: mistake.old)
        let found = problems.first { $0.message.contains(mistake.message) }
        let problem = try #require(found, "\(problems)")
        #expect(problem.file == mistake.file)
        #expect(problem.line == mistake.line)
        #expect(problem.column.map { $0 >= 1 } == true)
    }

    @Test func brokenJSONIsNamedWithLineAndColumn() throws {
        let problem = try #require(
            Sample.problems(writing: #""title" "Thing","#, insteadOf: #""title": "Thing","#).first)
        #expect(problem.line == 4)
        #expect(problem.column == 11)
        #expect("\(problem)".hasPrefix("events/thing.json:4:11: a colon should be here"), "\(problem)")
    }

    @Test func allProblemsOfAllFilesComeAtOnce() {
        let problems = Sample.problems(
            Sample.documents(
                thing: Sample.thing.replacing(#""icon""#, with: #""icno""#).replacing("{color}", with: "{colr}"),
                task: Sample.task.replacing(#""plural""#, with: #""pluarl""#)))
        for fragment in ["/icno", "/icon is required", "colr", "/pluarl", "/plural is required"] {
            #expect(problems.contains { $0.message.contains(fragment) }, "\(fragment) in \(problems)")
        }
    }

    @Test func aCategoryOutsideOfTheSystemFolderIsMisplaced() {
        let outside = Sample.problems([("events/task.json", Array(Sample.task.utf8))])
        #expect(outside.map(\.message) == ["/category belongs into the folder system/: move the file there"])
        let inside = Sample.problems([
            ("events/system/thing.json", Array(Sample.thing.utf8)),
            ("events/system/task.json", Array(Sample.task.utf8)),
        ])
        #expect(
            inside.map(\.message) == ["/type is in the folder system/, which is for categories: move the file up"])
    }

    @Test func aFolderThatIsNoneIsNamed() throws {
        let folder = try TemporaryFolder("catalogue")
        let error = #expect(throws: CatalogueProblems.self) { try Catalogue.load(from: [folder.path("nowhere")]) }
        let problem = try #require(error?.problems.first)
        #expect(problem.file == folder.path("nowhere"))
        #expect(problem.line == nil)
        #expect(problem.message.contains("LIFEOS_CATALOGUE"))
    }

    @Test func filesOfSeveralFoldersMakeOneCatalogue() throws {
        let folder = try TemporaryFolder("catalogue")
        try Files.makeFolder(folder.path("more"))
        try Files.makeFolder(folder.path("more/system"))
        try Files.replace(folder.path("thing.json"), with: Array(Sample.thing.utf8))
        try Files.replace(folder.path("more/system/task.json"), with: Array(Sample.task.utf8))
        try Files.replace(folder.path("README.md"), with: Array("not read".utf8))
        let catalogue = try Catalogue.load(from: [folder.path(""), folder.path("more")])
        #expect(catalogue.types.map(\.name) == ["task", "thing"])
    }

    @Test(arguments: SchemaKeywords.all)
    func onlyKeywordsThatSchemasHaveAreSuggested(keyword: String) {
        do throws(JSONProblems) {
            _ = try JSONSchema(.object([keyword: 0]))
        } catch {
            #expect(!error.problems.contains { $0.keyword == "keyword" }, "\(error)")
        }
    }
}
