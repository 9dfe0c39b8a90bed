import Backup
import TestSupport

/// The way of one party to a store that others use too: a test can hold it up at any step.
struct GatedStore: BackupStore {
    let store: MemoryStore
    let gate: FaultPoint

    var description: String { store.description }

    func put(_ name: String, _ bytes: [UInt8]) async throws {
        try await gate.pass()
        try await store.put(name, bytes)
    }

    func get(_ name: String) async throws -> [UInt8] {
        try await gate.pass()
        return try await store.get(name)
    }

    func list(_ prefix: String) async throws -> [StoredObject] {
        try await gate.pass()
        return try await store.list(prefix)
    }

    func folders(_ prefix: String) async throws -> [String] {
        try await gate.pass()
        return try await store.folders(prefix)
    }

    func delete(_ name: String) async throws {
        try await gate.pass()
        try await store.delete(name)
    }
}
