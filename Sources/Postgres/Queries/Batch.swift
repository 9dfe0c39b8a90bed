/// Statements to be sent together and answered together.
///
///     var batch = Batch("register")
///     batch.add("insert_person", "INSERT INTO people (name) VALUES (\(name))")
///     batch.add("count_person", "UPDATE totals SET people = people + 1")
///
/// They are one transaction, unless one is open already or a statement says otherwise: the first that fails undoes the
/// others.
public struct Batch: Sendable {
    let name: QueryName
    private(set) var statements: [(name: QueryName, sql: SQL)] = []

    /// - Parameter name: what the metrics call the whole of it; rows and errors count for each statement's own name.
    public init(_ name: QueryName) { self.name = name }

    public mutating func add(_ name: QueryName, _ sql: SQL) { statements.append((name, sql)) }

    /// Adds the other's statements behind its own.
    public mutating func add(contentsOf other: Batch) { statements += other.statements }

    public var count: Int { statements.count }
}
