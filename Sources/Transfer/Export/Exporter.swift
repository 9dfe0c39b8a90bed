import Catalogue
public import Entities
public import EventLog
import JSON
import Postgres
import System

/// Writes everything that people keep into files, `data/<type>/<id>.json` each, as it was at one point of the log.
public struct Exporter: Sendable {
    private let service: EntityService
    private let actor: String

    private static let entitiesPerQuery = 1_000

    /// - Parameter actor: who exports.
    public init(_ service: EntityService, actor: String) {
        self.service = service
        self.actor = actor
    }

    public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
        case folderInUse(String)

        public var description: String {
            switch self {
            case .folderInUse(let path):
                "\(path) is there already and may hold an older export. Choose a new folder, or move it away."
            }
        }
    }

    /// - Parameters:
    ///   - folder: where the folder `data` is made.
    ///   - recording: whether there is one where it cannot be recorded. Default not.
    ///   - progress: told how many of how many files are written.
    /// - Returns: how many files were written, and the position of the log that they show.
    public func run(
        to folder: String, at point: Point = .now, recording: Operation.Recording = .required,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> (count: Int, position: Int) {
        let root = "\(folder)/data"
        if Files.exists(root) { throw Problem.folderInUse(root) }
        let reader = EntityReader(pool: service.pool, catalogue: service.catalogue)
        // Whatever happens meanwhile, all files show the same moment.
        let position: Int
        if let asked = try await reader.position(of: point) {
            position = asked
        } else {
            position = try await reader.head()
        }
        let count = try await Operation(service, actor: actor).run(
            .init(
                "export", "Export to a folder", parameters: ["folder": .string(folder), "position": .integer(position)]),
            telling: { ["files": .integer($0)] }, recording: recording
        ) { try await write(to: root, position, $0, progress) }
        return (count, position)
    }

    private func write(
        to root: String, _ position: Int, _ operation: Operation, _ progress: (Int, Int) -> Void
    ) async throws -> Int {
        let types = service.catalogue.types.filter { !$0.isSystem }.map(\.name)
        let source = ListQuery.source(asOf: position)
        let present = ListQuery.present(asOf: position)
        let total = try await service.pool.query(
            "export_count", "SELECT count(*) FROM \(source) WHERE \(present) AND e.type = ANY(\(types))"
        ).only(Int.self)
        try Files.makeFolder(root)
        var last: Int64 = 0
        var count = 0
        while true {
            progress(count, total)
            try operation.checkCancellation()
            let rows = try await service.pool.query(
                "export_page",
                """
                SELECT e.document, e.created_position FROM \(source)
                WHERE \(present) AND e.type = ANY(\(types)) AND e.created_position > \(last)
                ORDER BY e.created_position LIMIT \(Int64(Self.entitiesPerQuery))
                """
            ).decode(JSONBytes.self, Int64.self)
            for (document, created) in rows {
                try write(Entity(document: document.bytes, createdPosition: Int(created)), to: root)
                last = created
            }
            count += rows.count
            if rows.count < Self.entitiesPerQuery { break }
        }
        progress(count, total)
        return count
    }

    private func write(_ entity: Entity, to root: String) throws {
        guard let type = service.catalogue[type: entity.type] else { throw EntityError.unreadableDocument }
        try Files.makeFolder("\(root)/\(entity.type)")
        let file = try FileDescriptor.open("\(root)/\(entity.type)/\(entity.id).json", .createNew(mode: 0o644))
        try file.write(ReadableJSON.lines(entity.transferred(as: type)).span)
    }
}

extension Entity {
    /// The entity as a file holds it: what an import can bring about again, and no more.
    func transferred(as type: EntityType) -> JSONValue {
        var document: JSONObject = [
            "id": .string(id.description), "type": .string(self.type), "archived": .bool(isArchived),
        ]
        if let archivedWith { document["archived_with"] = .string(archivedWith.description) }
        document["favorite"] = .bool(isFavorite)
        document["tags"] = .array(tags.map { .string($0) })
        document["links"] = .array(
            links.map { ["to": .string($0.target.description), "relation": .string($0.relation)] })
        // In the order of the type, whatever the order they came in.
        var fields = JSONObject()
        for field in type.fields { if let value = data[field.name] { fields[field.name] = value } }
        for name in data.names.sorted() where fields[name] == nil { fields[name] = data[name] }
        document["data"] = .object(fields)
        return .object(document)
    }
}

/// JSON as people read and compare it: a line for each member.
enum ReadableJSON {
    static func lines(_ value: JSONValue) -> [UInt8] {
        var text: [UInt8] = []
        write(value, 0, &text)
        text.append(UInt8(ascii: "\n"))
        return text
    }

    private static func write(_ value: JSONValue, _ depth: Int, _ text: inout [UInt8]) {
        switch value {
        case .object(let object) where !object.isEmpty:
            text.append(UInt8(ascii: "{"))
            for (index, member) in object.enumerated() {
                begin(index, depth + 1, &text)
                text += JSONValue.string(member.key).encoded() + Array(": ".utf8)
                write(member.value, depth + 1, &text)
            }
            end("}", depth, &text)
        case .array(let elements) where elements.contains { $0.object != nil || $0.array != nil || elements.count > 4 }:
            text.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                begin(index, depth + 1, &text)
                write(element, depth + 1, &text)
            }
            end("]", depth, &text)
        case .array(let elements):
            let parts = elements.map { String(decoding: $0.encoded(), as: UTF8.self) }
            text += Array("[\(parts.joined(separator: ", "))]".utf8)
        default: text += value.encoded()
        }
    }

    private static func begin(_ index: Int, _ depth: Int, _ text: inout [UInt8]) {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        text += [UInt8(ascii: "\n")] + Array(repeating: UInt8(ascii: " "), count: 2 * depth)
    }

    private static func end(_ bracket: String, _ depth: Int, _ text: inout [UInt8]) {
        text += [UInt8(ascii: "\n")] + Array(repeating: UInt8(ascii: " "), count: 2 * depth) + Array(bracket.utf8)
    }
}
