import Backup
import System
import TestSupport

/// A store that tests can look into, damage and let fail.
final class MemoryStore: BackupStore {
    private let objects: Lock<[String: [UInt8]]>
    /// Passed before each write.
    let writing = FaultPoint("write to the store")
    let reading = FaultPoint("read from the store")
    let deleting = FaultPoint("delete from the store")

    var description: String { "memory" }
    var contents: [String: [UInt8]] { objects.withLock { $0 } }
    var names: [String] { contents.keys.sorted() }

    init(_ objects: [String: [UInt8]] = [:]) { self.objects = Lock(objects) }

    func change(_ body: (inout [String: [UInt8]]) -> Void) { objects.withLock { body(&$0) } }

    func put(_ name: String, _ bytes: [UInt8]) async throws {
        try await writing.pass()
        objects.withLock { $0[name] = bytes }
    }

    func get(_ name: String) async throws -> [UInt8] {
        try await reading.pass()
        guard let bytes = contents[name] else {
            throw BackupError(.notFound, "There is no \(name).", advice: "Look again.")
        }
        return bytes
    }

    func list(_ prefix: String) async throws -> [StoredObject] {
        contents.filter { $0.key.hasPrefix(prefix) }.map { StoredObject(name: $0.key, bytes: $0.value.count) }
            .sorted { $0.name < $1.name }
    }

    func folders(_ prefix: String) async throws -> [String] {
        let rests = names.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
        return Set(rests.compactMap { rest in rest.firstIndex(of: "/").map { String(rest[..<$0]) } }).sorted()
    }

    func delete(_ name: String) async throws {
        try await deleting.pass()
        objects.withLock { $0[name] = nil }
    }
}
