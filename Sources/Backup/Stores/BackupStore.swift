/// Where backups lie: whole objects by name, such as a folder or a bucket.
///
/// Names are made of `a-z`, `A-Z`, digits, `.`, `-` and `_`, with `/` between. An object is there completely or not at all.
public protocol BackupStore: Sendable, CustomStringConvertible {
    /// Stores an object, in place of one that has the name already. When it returns, a crash cannot take it back.
    func put(_ name: String, _ bytes: [UInt8]) async throws

    /// - Throws: ``BackupError`` with ``BackupError/Code/notFound`` where there is none.
    func get(_ name: String) async throws -> [UInt8]

    /// Every object whose name begins so, in order. The prefix ends with `/`, or is empty.
    func list(_ prefix: String) async throws -> [StoredObject]

    /// What is between the prefix and the next `/` of the names that have one, each once, in order.
    func folders(_ prefix: String) async throws -> [String]

    /// Removes an object; one that is not there is fine.
    func delete(_ name: String) async throws
}

public struct StoredObject: Sendable, Hashable {
    public let name: String
    public let bytes: Int

    public init(name: String, bytes: Int) {
        self.name = name
        self.bytes = bytes
    }
}

extension BackupError {
    static func notFound(_ name: String, in store: some BackupStore) -> BackupError {
        BackupError(
            .notFound, "There is no \(name) in \(store).",
            advice: "See `lifeos backup list`, or check LIFEOS_BACKUP_TARGET.")
    }
}
