import Postgres
public import Projections
import System

/// The statements by which the projections of entities are kept, taken from their files.
public struct EntityStatements: Sendable {
    private let writeEntities: Template
    private let moveVersions: Template
    private let writeVersions: Template
    private let closeReferences: Template
    private let writeReferences: Template
    private let writeWords: Template
    private let writeReceipts: Template
    private let pruneReceipts: Template

    /// What commands and questions need.
    static let projections: Set<String> = ["entities", "entity_versions", "entity_references", "words", "receipts"]

    public init(_ files: [ProjectionFile]) throws(ProjectionError) {
        func template(_ name: String, _ part: String) throws(ProjectionError) -> Template {
            guard let file = files.first(where: { $0.name == name }) else {
                throw .file(name, "is missing. Put the file of this version back.")
            }
            return try file.statement(part)
        }
        writeEntities = try template("entities", "write")
        moveVersions = try template("entity_versions", "move")
        writeVersions = try template("entity_versions", "write")
        closeReferences = try template("entity_references", "close")
        writeReferences = try template("entity_references", "write")
        writeWords = try template("words", "write")
        writeReceipts = try template("receipts", "write")
        pruneReceipts = try template("receipts", "prune")
    }

    /// Adds what brings the projections up to these changes. Order matters: a version moves before its successor comes.
    func write(_ changes: EntityChanges, into batch: inout Batch) {
        let moved = changes.moved
        if !moved.isEmpty {
            batch.add(
                "versions_move",
                moveVersions([
                    "id": moved.map(\.id), "type": moved.map(\.type), "until_position": moved.map { Int64($0.until) },
                ]))
        }
        for passed in Self.portions(of: changes.passed, row: \.row) {
            let rows = passed.map(\.row)
            let lists = TagLists(rows)
            batch.add(
                "versions_write",
                writeVersions([
                    "id": rows.identifiers, "type": rows.types, "version": rows.versions, "position": rows.positions,
                    "until_position": passed.map { Int64($0.until) }, "created_position": rows.createdPositions,
                    "archived": rows.archived, "favorite": rows.favorite, "tags": lists.tags,
                    "first_tag": lists.firsts, "last_tag": lists.lasts, "name": rows.names,
                    "fields": rows.fieldsBytes, "search": rows.searchVectors, "document": rows.documents,
                ]))
        }
        for rows in Self.portions(of: changes.present, row: \.self) {
            let lists = TagLists(rows)
            batch.add(
                "entities_write",
                writeEntities([
                    "id": rows.identifiers, "type": rows.types, "version": rows.versions, "position": rows.positions,
                    "created_position": rows.createdPositions, "archived": rows.archived, "favorite": rows.favorite,
                    "tags": lists.tags, "first_tag": lists.firsts, "last_tag": lists.lasts, "name": rows.names,
                    "fields": rows.fieldsBytes, "search": rows.searchVectors, "document": rows.documents,
                ]))
        }
        writeReferences(changes, &batch)
        writeRest(changes, &batch)
    }

    /// Rows of one statement. Each finds its tags by walking over those of the others, which costs little among so few.
    private static let rowsMax = 64
    /// Bytes of the documents of one statement, as long as it has several: parameters have to fit into memory, here and there.
    private static let documentBytesMax = 16 << 20

    private static func portions<Item>(of items: [Item], row: (Item) -> EntityRow) -> [[Item]] {
        var portions: [[Item]] = []
        var bytes = 0
        for item in items {
            let count = row(item).document.count
            bytes += count
            if let last = portions.indices.last, portions[last].count < rowsMax, bytes <= documentBytesMax {
                portions[last].append(item)
            } else {
                portions.append([item])
                bytes = count
            }
        }
        return portions
    }

    private func writeReferences(_ changes: EntityChanges, _ batch: inout Batch) {
        let gone = changes.goneReferences
        if !gone.isEmpty {
            batch.add(
                "references_close",
                closeReferences([
                    "source": gone.map(\.source), "field": gone.map(\.field), "target": gone.map(\.target),
                    "until_position": gone.map { Int64($0.until) },
                ]))
        }
        let new = changes.newReferences
        if !new.isEmpty {
            batch.add(
                "references_write",
                writeReferences([
                    "source": new.map(\.source), "source_type": new.map(\.sourceType), "field": new.map(\.field),
                    "target": new.map(\.target), "position": new.map { Int64($0.position) },
                    "until_position": new.map { Int64($0.until) },
                ]))
        }
    }

    private func writeRest(_ changes: EntityChanges, _ batch: inout Batch) {
        if !changes.words.isEmpty {
            let words = changes.words.sorted { $0.key < $1.key }
            batch.add(
                "words_write", writeWords(["word": words.map(\.key), "position": words.map { Int64($0.value) }]))
        }
        let receipts = changes.receipts
        if !receipts.isEmpty {
            batch.add(
                "receipts_write",
                writeReceipts([
                    "actor": receipts.map(\.actor), "key": receipts.map(\.key), "part": receipts.map { Int32($0.part) },
                    "fingerprint": receipts.map(\.fingerprint), "id": receipts.map(\.id),
                    "version": receipts.map { Int32($0.version) }, "position": receipts.map { Int64($0.position) },
                    "recorded_at": receipts.map(\.recordedAt),
                ]))
            if let latest = receipts.last?.recordedAt {
                batch.add("receipts_prune", pruneReceipts(["oldest": latest - Receipt.kept]))
            }
        }
    }
}
