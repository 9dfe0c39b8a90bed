public import Postgres

/// Keeps one table: turns what happens to streams into its rows.
///
/// The same projector serves both who write the table. The writer of the log applies the changes of a batch and asks for the
/// statements that bring the live table up to them. A rebuild or a check applies the changes of one stream after the other
/// and copies the rows into an empty table.
///
/// Conform to ``StreamProjector`` where each row comes from one stream, to ``SharedProjector`` where many add to it.
public protocol Projector<Change>: Sendable {
    /// What happens to a stream, as far as the table is concerned.
    associatedtype Change: Sendable
    associatedtype Row: Sendable

    var table: Table<Row> { get }

    /// The changes of one stream come in order.
    mutating func apply(_ change: Change)

    /// Writer: adds the statements that bring the live table up to the changes.
    func write(into batch: inout Batch)

    /// Rebuild: the stream is complete.
    mutating func endStream()

    /// Rebuild: hands over the rows that are complete.
    mutating func takeRows() -> CopyRows

    /// Rebuild: takes over what another reader has gathered of other streams, and returns what of it was new.
    mutating func merge(_ other: Self) -> Self

    /// Rebuild: the rows that only the whole log tells.
    func lastRows() -> CopyRows

    /// Rebuild: adds the statement that brings a table that has rows already up to what was gathered.
    func update(in schema: String, into batch: inout Batch)
}

/// Keeps a table each of whose rows comes from one stream.
public protocol StreamProjector: Projector {
    /// Hands over the rows of the stream, and forgets it.
    mutating func takeStreamRows() -> [Row]

    /// Rows that wait to be copied.
    var copied: CopyRows { get set }
}

extension StreamProjector {
    public mutating func endStream() { for row in takeStreamRows() { table.append(row, to: &copied) } }

    public mutating func takeRows() -> CopyRows {
        defer { copied = CopyRows() }
        return copied
    }

    public mutating func merge(_ other: Self) -> Self { other }
    public func lastRows() -> CopyRows { CopyRows() }
    public func update(in schema: String, into batch: inout Batch) {}
}

/// Keeps a table to whose rows many streams add. They are kept in memory until the whole log has been read.
public protocol SharedProjector: Projector {
    associatedtype Key: Hashable & Comparable & Sendable

    var shared: [Key: Row] { get set }

    /// What a row becomes by another of the same key; nil where that says nothing new.
    func combine(_ known: Row?, _ new: Row) -> Row?
}

extension SharedProjector {
    /// Adds a row to those of its key.
    public mutating func add(_ row: Row, for key: Key) {
        if let combined = combine(shared[key], row) { shared[key] = combined }
    }

    private var sorted: [Row] { shared.sorted { $0.key < $1.key }.map(\.value) }

    public func write(into batch: inout Batch) { update(in: ProjectionSet.live, into: &batch) }

    public func update(in schema: String, into batch: inout Batch) {
        if shared.isEmpty { return }
        batch.add(table.query, table.insert(sorted, into: schema))
    }

    public mutating func endStream() {}
    public mutating func takeRows() -> CopyRows { CopyRows() }

    public mutating func merge(_ other: Self) -> Self {
        var news = other
        for (key, row) in other.shared {
            if let combined = combine(shared[key], row) {
                shared[key] = combined
            } else {
                news.shared[key] = nil
            }
        }
        return news
    }

    public func lastRows() -> CopyRows {
        var rows = CopyRows()
        for row in sorted { table.append(row, to: &rows) }
        return rows
    }
}
