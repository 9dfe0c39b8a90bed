/// Collects bytes in PostgreSQL's binary format: network order, strings as UTF-8.
public struct BinaryWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    var count: Int { bytes.count }

    @inline(__always)
    public mutating func append<Integer: FixedWidthInteger & BitwiseCopyable>(_ integer: Integer) {
        var bigEndian = integer.bigEndian
        unsafe withUnsafeBytes(of: &bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    public mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    public mutating func append(utf8 text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes the value after its length in four bytes; -1 and nothing for NULL. Arrays and COPY hold values so.
    mutating func appendField(_ value: some PostgresValue) {
        if value.isNull { return append(Int32(-1)) }
        let start = bytes.count
        append(Int32(0))
        value.encode(into: &self)
        let length = UInt32(bytes.count - start - 4)
        for byte in 0..<4 { bytes[start + byte] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * byte)) }
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
