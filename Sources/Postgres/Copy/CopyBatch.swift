/// Rows of a COPY out of the database, as they came: some tens of kilobytes of them.
public struct CopyBatch: Sendable, Sequence {
    /// Bytes collected before a batch is handed on.
    static let batchBytes = 1 << 16

    /// As they came, without the head and the end of the format.
    public let bytes: [UInt8]
    /// How many rows these are.
    public let count: Int

    init(bytes: [UInt8], count: Int) {
        self.bytes = bytes
        self.count = count
    }

    /// Takes rows that were kept elsewhere: ``bytes`` of other batches, one after the other. Every length is looked at.
    public init(checking bytes: [UInt8]) throws(PostgresError) {
        self.init(bytes: bytes, count: try unsafe CopyFormat.countRows(bytes.span.bytes))
    }

    /// The first so many rows, and the others.
    public func split(after rows: Int) -> (CopyBatch, CopyBatch) {
        var end = 0
        for _ in 0..<Swift.min(rows, count) {
            end = (try? unsafe CopyFormat.endOfRow(bytes.span.bytes, from: end)) ?? bytes.count
        }
        return (
            CopyBatch(bytes: Array(bytes[..<end]), count: Swift.min(rows, count)),
            CopyBatch(bytes: Array(bytes[end...]), count: Swift.max(0, count - rows))
        )
    }

    /// Every row as it came, without taking it apart: the number of columns in two bytes, then each column after its
    /// length in four, all in network order.
    public func forEachRow(_ body: (Span<UInt8>) throws -> Void) rethrows {
        var start = 0
        for _ in 0..<count {
            let end = (try? unsafe CopyFormat.endOfRow(bytes.span.bytes, from: start)) ?? bytes.count
            try body(bytes.span.extracting(start..<end))
            start = end
        }
    }

    public func makeIterator() -> Iterator { Iterator(bytes: bytes, left: count) }

    public struct Iterator: IteratorProtocol {
        let bytes: [UInt8]
        var offset = 0
        var left: Int

        init(bytes: [UInt8], left: Int) {
            self.bytes = bytes
            self.left = left
        }

        public mutating func next() -> CopyRow? {
            guard left > 0 else { return nil }
            left -= 1
            let row = CopyRow(bytes: bytes, start: offset)
            offset = row.end
            return row
        }
    }
}

/// One row of a COPY out of the database.
public struct CopyRow: Sendable {
    let bytes: [UInt8]
    let start: Int
    let end: Int

    /// The batch was checked when it was read, so the lengths lie within it.
    init(bytes: [UInt8], start: Int) {
        self.bytes = bytes
        self.start = start
        end = (try? unsafe CopyFormat.endOfRow(bytes.span.bytes, from: start)) ?? bytes.count
    }

    /// All columns from left to right. COPY does not tell types: they are taken as asked for.
    public func decode<each Value: PostgresValue>(
        _ types: repeat (each Value).Type
    ) throws(PostgresError) -> (repeat each Value) {
        var wanted = 0
        for _ in repeat each types { wanted += 1 }
        let columns = Int(try unsafe bytes.span.bytes.integer(at: start, as: Int16.self))
        guard columns == wanted else { throw .decoding("\(columns) columns where \(wanted) were wanted") }
        var offset = start + 2
        return (repeat try next(&offset, (each types)))
    }

    private func next<Value: PostgresValue>(_ offset: inout Int, _ type: Value.Type) throws(PostgresError) -> Value {
        let span = unsafe bytes.span.bytes
        let length = try span.fieldLength(at: offset)
        offset += 4
        guard let length else { return try Value.null() }
        defer { offset += length }
        return try Value(binary: span.extracting(offset..<offset + length), type: .unknown)
    }
}

extension CopyFormat {
    /// Where the row that starts at `start` ends; throws when it reaches beyond the bytes.
    static func endOfRow(_ bytes: RawSpan, from start: Int) throws(PostgresError) -> Int {
        var offset = start + 2
        for _ in 0..<max(0, Int(try bytes.integer(at: start, as: Int16.self))) {
            offset += 4 + (try bytes.fieldLength(at: offset) ?? 0)
        }
        return offset
    }

    /// How many rows these are; throws where the bytes do not end with a row.
    static func countRows(_ bytes: RawSpan) throws(PostgresError) -> Int {
        var count = 0
        var offset = 0
        while offset < bytes.byteCount {
            guard try bytes.integer(at: offset, as: Int16.self) >= 0 else { throw .decoding("a row without columns") }
            offset = try endOfRow(bytes, from: offset)
            count += 1
        }
        guard offset == bytes.byteCount else { throw .decoding("a row that reaches beyond its batch") }
        return count
    }
}
