/// Which statements are prepared on a connection. The one unused for longest makes room.
struct StatementCache {
    struct Statement {
        /// What the server knows it by.
        let name: String
        let types: [UInt32]
        fileprivate var lastUse: UInt64
    }

    let capacity: Int
    private var known: [String: Statement] = [:]
    private var uses: UInt64 = 0
    private var made: UInt64 = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { known.count }

    /// The statement prepared for this text and these types.
    mutating func find(_ sql: SQL) -> Statement? {
        guard let index = known.index(forKey: sql.text) else { return nil }
        let statement = known.values[index]
        guard sql.parameters.hasTypes(statement.types) else { return nil }
        uses += 1
        known.values[index].lastUse = uses
        return statement
    }

    /// A statement under a name that none on this connection has had; not remembered before it is inserted.
    mutating func newStatement(_ sql: SQL) -> Statement {
        made += 1
        return Statement(name: "s\(made)", types: sql.parameters.entries.map(\.type), lastUse: 0)
    }

    /// Remembers a prepared statement; returns the ones to be dropped on the server.
    mutating func insert(_ sql: SQL, _ statement: Statement) -> [String] {
        var dropped: [String] = []
        if let replaced = known.removeValue(forKey: sql.text) { dropped.append(replaced.name) }
        if known.count >= capacity, let oldest = known.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            known[oldest.key] = nil
            dropped.append(oldest.value.name)
        }
        uses += 1
        known[sql.text] = Statement(name: statement.name, types: statement.types, lastUse: uses)
        return dropped
    }

    /// Forgets all statements; returns their names.
    mutating func removeAll() -> [String] {
        defer { known = [:] }
        return known.values.map(\.name)
    }

    /// Forgets a statement that the server no longer has or can no longer run; returns its name.
    mutating func remove(_ sql: SQL) -> String? { known.removeValue(forKey: sql.text)?.name }
}
