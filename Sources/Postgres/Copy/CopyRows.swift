/// Rows in the format of a COPY, made ahead of it: on another thread, or before it is known where they go.
public struct CopyRows: Sendable {
    var writer = BinaryWriter()
    public private(set) var count = 0

    public init() {}

    public var byteCount: Int { writer.count }
    public var isEmpty: Bool { count == 0 }

    /// Adds one row: a value for each column of the COPY, of exactly the column's type.
    public mutating func append<each Value: PostgresValue>(_ values: repeat each Value) {
        var columns: Int16 = 0
        for _ in repeat (each Value).self { columns += 1 }
        writer.append(columns)
        for value in repeat each values { writer.appendField(value) }
        count += 1
    }

    /// Begins a row of so many values, for those who know its columns one by one: ``appendField(_:)`` adds each.
    public mutating func beginRow(fieldCount: Int) {
        writer.append(Int16(fieldCount))
        count += 1
    }

    public mutating func appendField(_ value: some PostgresValue) { writer.appendField(value) }

    /// Adds the rows of another, which has the same columns.
    public mutating func append(contentsOf other: CopyRows) {
        writer.append(other.writer.bytes)
        count += other.count
    }
}

extension CopyWriter {
    /// Writes rows that were made before, without looking at them again.
    public func write(_ rows: CopyRows) throws(PostgresError) { try take(rows.writer.bytes, count: rows.count) }

    /// Writes rows as they came from another COPY of the same columns.
    public func write(_ batch: CopyBatch) throws(PostgresError) { try take(batch.bytes, count: batch.count) }
}
