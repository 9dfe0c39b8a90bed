import Catalogue
import Cryptography
import Entities
import JSON
import System

/// Reads a folder of `<type>/<id>.json` files. What cannot be understood is reported, and the rest is read.
struct ImportFolder {
    private let catalogue: Catalogue
    private(set) var drafts: [ImportDraft] = []
    /// Files and folders that nothing can be made of.
    private(set) var refused: [ImportReport.Item] = []
    /// By type and the name that the file gives the entity.
    private var identifiers: [String: [String: UUID]] = [:]
    /// The paths of files by what they mean.
    private var paths: [UUID: String] = [:]
    /// As the files have them, by path.
    private var links: [String: [JSONValue]] = [:]

    static let fileBytesMax = 16 << 20

    /// - Parameter path: the folder, or one with a folder `data` in it.
    init(reading path: String, _ catalogue: Catalogue) throws {
        self.catalogue = catalogue
        let root = Files.isFolder("\(path)/data") ? "\(path)/data" : path
        for folder in try Files.names(in: root) where !folder.hasPrefix(".") {
            guard Files.isFolder("\(root)/\(folder)") else { continue }
            guard let type = type(of: folder) else {
                refuse(folder, nil, "There is no entity type of this name. Name the folder after a file of events/.")
                continue
            }
            if type.isSystem {
                refuse(folder, nil, "Only the system itself writes these. Leave the folder out.")
                continue
            }
            for name in try Files.names(in: "\(root)/\(folder)") where !name.hasPrefix(".") {
                try read("\(folder)/\(name)", in: root, type)
            }
        }
        resolve()
    }

    private func type(of folder: String) -> EntityType? {
        catalogue[type: folder] ?? catalogue.type(collection: folder)
            ?? catalogue[type: folder.split(separator: "-").joined(separator: "_")]
    }

    private mutating func refuse(_ path: String, _ type: EntityType?, _ reason: String) {
        refused.append(.init(path: path, id: nil, type: type?.name, outcome: .refused, problems: [reason]))
    }

    private mutating func read(_ path: String, in root: String, _ type: EntityType) throws {
        guard path.hasSuffix(".json") else {
            return refuse(path, type, "Only files that end in .json are read. Move it away, or rename it.")
        }
        let bytes: [UInt8]
        do { bytes = try Files.read("\(root)/\(path)", limit: Self.fileBytesMax) } catch {
            return refuse(path, type, "It cannot be read: \(error).")
        }
        let json: JSONValue
        do { json = try JSONValue(parsing: bytes) } catch {
            return refuse(path, type, "It is not valid JSON: \(error)")
        }
        guard json.object != nil else { return refuse(path, type, "It holds no object. Write the fields in braces.") }
        let name = String((path.split(separator: "/").last ?? "").dropLast(".json".count))
        take(json, name, path, type)
    }

    private mutating func take(_ json: JSONValue, _ name: String, _ path: String, _ type: EntityType) {
        // A whole entity says its type and has its fields beneath `data`.
        let isWhole = json["type"]?.string == type.name && json["data"]?.object != nil
        let given = isWhole ? json["data"] ?? [:] : json
        guard var data = JSONValue.object([:]).merging(given).object else { return }
        if !isWhole, type.field("id") == nil, data["id"]?.string == name { data["id"] = nil }
        let id = type.derivedID(for: data) ?? UUID(name) ?? type.derivedID(slug: "imported:\(name)")
        var draft = ImportDraft(path: path, type: type, id: id, data: data, marks: nil)
        if isWhole { readMarks(json, &draft) }
        if let other = paths[id] {
            return refuse(path, type, "It means the same entity as \(other). Keep one of the two.")
        }
        paths[id] = path
        identifiers[type.name, default: [:]][name] = id
        drafts.append(draft)
    }

    /// Links keep the names of the file until all files are read.
    private mutating func readMarks(_ json: JSONValue, _ draft: inout ImportDraft) {
        var marks = ImportDraft.Marks()
        for tag in json["tags"]?.array ?? [] {
            guard let slug = tag.string.flatMap({ Slug.of($0) }) else {
                draft.note("/tags: \(tag) is not a valid tag and was skipped. Use letters and digits.")
                continue
            }
            if !marks.tags.contains(slug) { marks.tags.append(slug) }
        }
        marks.isFavorite = json["favorite"]?.bool ?? false
        marks.isArchived = json["archived"]?.bool ?? false
        marks.archivedWith = json["archived_with"]?.string.flatMap { UUID($0) }
        let known: Set<String> = [
            "id", "type", "version", "position", "created_at", "updated_at", "archived", "archived_with", "favorite",
            "tags", "links", "data",
        ]
        for name in json.object?.names ?? [] where !known.contains(name) {
            draft.note("/\(name): is not known here. Write fields beneath data. It was left out.")
        }
        draft.marks = marks
        links[draft.path] = json["links"]?.array
    }

    /// Puts ids in place of the names that files gave.
    private mutating func resolve() {
        let named = self
        for index in drafts.indices {
            for link in links[drafts[index].path] ?? [] { named.resolve(link, &drafts[index]) }
            drafts[index].rewriteReferences { text, reference in
                let types = reference.types == ["*"] ? Array(named.identifiers.keys) : reference.types
                return named.resolve(text, types)?.description ?? text
            }
            drafts[index].clean()
        }
    }

    private func resolve(_ link: JSONValue, _ draft: inout ImportDraft) {
        let relation = link["relation"]?.string ?? "related"
        guard let text = link["to"]?.string,
            let target = resolve(text, Array(identifiers.keys)) ?? UUID(text), Slug.of(relation) == relation
        else {
            return draft.note(
                "/links: \(link) leads nowhere. Give the id of an entity and a relation. It was left out.")
        }
        let made = Entity.Link(target: target, relation: relation)
        if draft.marks?.links.contains(made) == false { draft.marks?.links.append(made) }
    }

    /// The entity that a file's name stands for; nil where none does, or several do.
    private func resolve(_ text: String, _ types: [String]) -> UUID? {
        let found = Set(types.compactMap { identifiers[$0]?[text] })
        return found.count == 1 ? found.first : nil
    }
}
