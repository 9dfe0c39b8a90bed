import JSON
import Spelling
import System

extension Catalogue {
    /// Reads every `*.json` of the folders, and of the folder `system` in each. Throws all problems of all files.
    ///
    /// - Parameter functions: what upcasters call by name.
    public static func load(
        from folders: [String], functions: [String: Upcaster.Function] = [:]
    ) throws(CatalogueProblems) -> Catalogue {
        var documents: [(file: String, bytes: [UInt8])] = []
        var problems: [CatalogueProblem] = []
        for folder in folders {
            guard Files.isFolder(folder) else {
                problems.append(.whole(folder, "is not a folder: correct LIFEOS_CATALOGUE or create it"))
                continue
            }
            for place in [folder, "\(folder)/system"] where Files.isFolder(place) {
                do {
                    for name in try Files.names(in: place) where name.hasSuffix(".json") && !name.hasPrefix(".") {
                        let path = "\(place)/\(name)"
                        documents.append((path, try Files.read(path, limit: CatalogueFile.bytesMost)))
                    }
                } catch {
                    problems.append(.whole(place, "cannot be read: \(error)"))
                }
            }
        }
        guard problems.isEmpty else { throw CatalogueProblems(problems: problems) }
        return try Catalogue(documents: documents, functions: functions)
    }

    /// The catalogue of documents at hand, each with the path it is reported by.
    public init(
        documents: [(file: String, bytes: [UInt8])], functions: [String: Upcaster.Function] = [:]
    ) throws(CatalogueProblems) {
        var readers = documents.map { TypeReader(CatalogueFile(path: $0.file, bytes: $0.bytes), functions: functions) }
        for index in readers.indices { readers[index].read() }
        Self.compare(&readers)
        let problems = readers.flatMap(\.file.problems)
        guard problems.isEmpty else { throw CatalogueProblems(problems: problems) }
        var types: [EntityType] = []
        for reader in readers { types.append(try reader.entityType()) }
        self.init(checked: types)
    }

    /// What only shows when all files lie side by side.
    private static func compare(_ readers: inout [TypeReader]) {
        let names = readers.map(\.draft.name).filter { !$0.isEmpty }.sorted()
        var fileByName: [String: String] = [:]
        var fileByCollection: [String: String] = [:]
        for index in readers.indices {
            let draft = readers[index].draft
            let path = readers[index].file.path
            if !draft.name.isEmpty, let other = fileByName.updateValue(path, forKey: draft.name) {
                let key = draft.isSystem ? "category" : "type"
                readers[index].file.report([key], "is \(Spelling.quoted(draft.name)), as in \(other): rename one")
            }
            if draft.name == Self.receiptCategory {
                readers[index].file.report(
                    [draft.isSystem ? "category" : "type"], "is the name under which receipts are kept: choose another")
            }
            if !draft.collection.isEmpty, let other = fileByCollection.updateValue(path, forKey: draft.collection) {
                readers[index].file.report(
                    ["collection"], "is \(Spelling.quoted(draft.collection)), as in \(other): choose another")
            }
            for (type, place) in draft.referencePlaces where type != "*" && !names.contains(type) {
                readers[index].file.report(place, unknown: type, "refers to an unknown type,", among: names)
            }
        }
    }
}

extension Catalogue {
    /// What is kept of commands that changed nothing. It is no type of this catalogue, since there are no entities of it.
    static let receipts: EntityType? = {
        let text = """
            {
              "category": "\(receiptCategory)", "collection": "commands", "title": "Command", "plural": "Commands", "icon": "🧾",
              "description": "A command under an Idempotency-Key that found everything as it was to be.", "version": 1,
              "name_field": "type",
              "schema": {
                "required": ["type", "id", "version"],
                "properties": {
                  "type": { "type": "string", "maxLength": 48, "description": "The type of the entity that was the answer." },
                  "id": { "type": "string", "format": "uuid", "description": "Its id." },
                  "version": { "type": "integer", "minimum": 1, "description": "Its version then." }
                }
              },
              "events": {
                "unchanged": {
                  "effect": "create",
                  "description": "It changed nothing. Its repetition gets the same answer for seven days."
                }
              }
            }
            """
        var reader = TypeReader(CatalogueFile(path: "receipts", bytes: Array(text.utf8)), functions: [:])
        reader.read()
        return try? reader.entityType()
    }()

    /// The types of this catalogue, and the category that needs no file.
    var documented: [EntityType] { types + [Self.receipts].compactMap(\.self) }
}

extension TypeReader {
    /// The finished type, once nothing is wrong with its file.
    fileprivate func entityType() throws(CatalogueProblems) -> EntityType {
        do throws(JSONProblems) {
            var events: [EventDeclaration] = []
            for event in draft.events { events.append(try EventDeclaration(event, of: draft.name)) }
            return EntityType(draft, schema: try JSONSchema(draft.schemaDocument), events: events)
        } catch {
            throw CatalogueProblems(problems: [.whole(file.path, error.description)])
        }
    }
}

extension CatalogueProblem {
    fileprivate static func whole(_ path: String, _ message: String) -> CatalogueProblem {
        CatalogueProblem(file: path, line: nil, column: nil, message: message)
    }
}
