/// Takes rows for a COPY into a table, and hands them to the server in chunks.
///
/// A write blocks the connection's thread while the server has no room: a quick producer is held back.
public final class CopyWriter {
    /// Bytes collected before they are sent.
    static let chunkBytes = 1 << 16

    private let session: Session
    private var writer = BinaryWriter()
    public private(set) var rowCount = 0

    init(_ session: Session) {
        self.session = session
        writer.append(CopyFormat.signature)
        writer.append(Int32(0))  // flags
        writer.append(Int32(0))  // no extension
    }

    /// Writes one row: a value for each column of the COPY, of exactly the column's type.
    public func write<each Value: PostgresValue>(_ values: repeat each Value) throws(PostgresError) {
        var count: Int16 = 0
        for _ in repeat (each Value).self { count += 1 }
        writer.append(count)
        for value in repeat each values { writer.appendField(value) }
        rowCount += 1
        if writer.count >= Self.chunkBytes { try send() }
    }

    func take(_ rows: [UInt8], count: Int) throws(PostgresError) {
        try send()
        try session.putCopy(rows)
        rowCount += count
    }

    func end() throws(PostgresError) -> Int {
        writer.append(Int16(-1))
        try send()
        return try session.endCopyIn()
    }

    private func send() throws(PostgresError) {
        try session.putCopy(writer.bytes)
        writer.removeAll()
    }
}

enum CopyFormat {
    static let signature = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]
}
