import Catalogue
import JSON
import Testing

@Suite struct DocumentTests {
    let shipped: Catalogue
    let sample: Catalogue

    init() throws {
        shipped = try Catalogue.load(from: [ShippedFilesTests.folder])
        sample = try Sample.catalogue()
    }

    @Test func everyEventTypeIsInTheHandbook() {
        for catalogue in [shipped, sample] {
            let page = catalogue.handbook()
            for type in catalogue.types {
                #expect(page.contains("/api/v2/\(type.collection)"))
                for event in type.events { #expect(page.contains("`\(event.eventType)`"), "\(event.eventType)") }
                for field in type.fields { #expect(page.contains("| `\(field.name)` |"), "\(type.name).\(field.name)") }
            }
        }
    }

    @Test func theHandbookSaysHowOldVersionsAreRead() {
        let page = sample.handbook()
        #expect(page.contains("- From version 1 to 2: renames `colour` to `color`.\n"))
        #expect(page.contains("- From version 2 to 3: sets `size` to `1` where it is missing.\n"))
        #expect(page.contains("`task.nudged` | As before version 1. No longer written."))
    }

    @Test func theHandbookIsATidyPage() {
        let page = shipped.handbook()
        #expect(page.hasPrefix("# "))
        #expect(page.hasSuffix(".\n") || page.hasSuffix("|\n"))
        #expect(!page.contains("\n\n\n"))
        let widths = page.split(separator: "\n").map { line in line.hasPrefix("|") ? line.count { $0 == "|" } : 0 }
        // Rows of one table follow each other, so a neighbour of another width is a broken row.
        for (above, below) in zip(widths, widths.dropFirst()) where above > 0 && below > 0 { #expect(above == below) }
    }

    @Test func everyEventTypeIsAMessageOfTheAsyncAPI() {
        let document = shipped.asyncAPI(version: "1.2.3", server: "http://127.0.0.1:8080")
        #expect(document["asyncapi"] == "3.0.0")
        #expect(document["info"]["version"] == "1.2.3")
        #expect(document["components"]["messages"]?.object?.count == shipped.types.map(\.events.count).reduce(1, +))
        for type in shipped.types {
            for event in type.events {
                let message = document["components"]["messages"][event.eventType]
                #expect(message["payload"]["allOf"][1]["properties"]["type"]["const"] == .string(event.eventType))
                #expect(document["channels"][type.name]["messages"][event.verb] != nil)
            }
        }
    }

    @Test func everyReferenceOfTheAsyncAPILeadsSomewhere() {
        let document = shipped.asyncAPI(version: "1", server: "localhost")
        let references = document.references
        #expect(references.count > shipped.types.count)
        for reference in references {
            let pointer = JSONPointer(parsing: String(reference.dropFirst()))
            #expect(pointer.flatMap { document[$0] } != nil, "\(reference)")
        }
    }

    @Test(arguments: [
        ("https://studio.example/life", "https", "studio.example", "/life"),
        ("http://127.0.0.1:8080", "http", "127.0.0.1:8080", nil), ("localhost:80/", "http", "localhost:80", nil),
    ])
    func theServerIsTakenApart(address: String, scheme: String, host: String, path: String?) {
        let server = shipped.asyncAPI(version: "1", server: address)["servers"]["main"]
        #expect(server["protocol"]?.string == scheme)
        #expect(server["host"]?.string == host)
        #expect(server["pathname"]?.string == path)
    }

    @Test func aPatchMayRemoveWhatIsNotRequired() throws {
        let schema = try JSONSchema(try #require(sample[type: "thing"]).patchDocument)
        #expect(schema.problems(in: ["color": .null, "size": .null, "parts": .null]).isEmpty)
        #expect(schema.problems(in: [:]).isEmpty)
        #expect(schema.problems(in: ["name": .null]).count == 1)
        #expect(schema.problems(in: ["size": 0]).count == 1)
        #expect(schema.problems(in: ["colour": "red"]).count == 1)
    }
}

extension JSONValue {
    /// The target of every `$ref` in here.
    fileprivate var references: [String] {
        switch self {
        case .object(let object): object["$ref"]?.string.map { [$0] } ?? object.flatMap { $0.value.references }
        case .array(let elements): elements.flatMap(\.references)
        default: []
        }
    }
}
