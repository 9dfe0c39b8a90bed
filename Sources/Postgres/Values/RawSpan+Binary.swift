/// Reads of PostgreSQL's binary format. Every read checks its bounds: the bytes come from outside.
extension RawSpan {
    @inline(__always)
    func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Integer.Type = Integer.self
    ) throws(PostgresError) -> Integer {
        guard offset >= 0, offset <= byteCount - MemoryLayout<Integer>.size else {
            throw .decoding("wanted \(MemoryLayout<Integer>.size) bytes at \(offset) of \(byteCount)")
        }
        return unsafe Integer(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type))
    }

    /// The whole span as one integer; refused when it has another width.
    @inline(__always)
    func wholeInteger<Integer: FixedWidthInteger & BitwiseCopyable>(
        as type: Integer.Type = Integer.self
    ) throws(PostgresError) -> Integer {
        guard byteCount == MemoryLayout<Integer>.size else {
            throw .decoding("\(byteCount) bytes are no \(type)")
        }
        return try integer(at: 0, as: type)
    }

    /// The length before a field: `nil` for NULL; refused when the field would reach beyond the end.
    func fieldLength(at offset: Int) throws(PostgresError) -> Int? {
        let length = Int(try integer(at: offset, as: Int32.self))
        if length == -1 { return nil }
        guard length >= 0, length <= byteCount - offset - 4 else {
            throw .decoding("a field of \(length) bytes does not fit into \(byteCount)")
        }
        return length
    }

    var text: String {
        unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    func byteArray(from start: Int = 0) -> [UInt8] {
        unsafe withUnsafeBytes { unsafe [UInt8]($0[start...]) }
    }
}

extension PostgresError {
    static func decoding(_ message: String) -> PostgresError {
        PostgresError(.decoding, message, hint: "compare the query's columns with the types asked for")
    }

    static func wrong(_ type: PostgresType, for wanted: Any.Type) -> PostgresError {
        .decoding("the type with identifier \(type.identifier) does not decode to \(wanted)")
    }
}
