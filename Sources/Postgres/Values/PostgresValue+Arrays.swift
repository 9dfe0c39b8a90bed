public import System

/// A value that may be in an array. `UInt8` is one too: an array of it is `bytea`.
public protocol PostgresArrayElement: Sendable {
    static var postgresArrayType: PostgresType { get }
    static func encodeArray(_ array: [Self], into writer: inout BinaryWriter)
    static func decodeArray(_ binary: RawSpan, type: PostgresType) throws(PostgresError) -> [Self]
}

extension Array: PostgresValue where Element: PostgresArrayElement {
    public static var postgresType: PostgresType { Element.postgresArrayType }

    public func encode(into writer: inout BinaryWriter) { Element.encodeArray(self, into: &writer) }

    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        self = try Element.decodeArray(binary, type: type)
    }
}

extension PostgresArrayElement where Self: PostgresValue {
    public static func encodeArray(_ array: [Self], into writer: inout BinaryWriter) {
        writer.append(Int32(array.isEmpty ? 0 : 1))
        writer.append(Int32(array.contains(where: \.isNull) ? 1 : 0))
        writer.append(postgresType.identifier)
        guard !array.isEmpty else { return }
        writer.append(Int32(array.count))
        writer.append(Int32(1))  // the lower bound
        for element in array { writer.appendField(element) }
    }

    public static func decodeArray(_ binary: RawSpan, type: PostgresType) throws(PostgresError) -> [Self] {
        let dimensions = try binary.integer(at: 0, as: Int32.self)
        let elementType = PostgresType(identifier: try binary.integer(at: 8))
        if dimensions == 0 { return [] }
        guard dimensions == 1 else { throw .decoding("an array of \(dimensions) dimensions; only flat ones decode") }
        let count = Int(try binary.integer(at: 12, as: Int32.self))
        // Each element takes at least its length, so that a lie about the count cannot reserve memory.
        guard count >= 0, count <= (binary.byteCount - 20) / 4 else { throw .decoding("an array of \(count) elements") }
        var elements: [Self] = []
        elements.reserveCapacity(count)
        var offset = 20
        for _ in 0..<count {
            let length = try binary.fieldLength(at: offset)
            offset += 4
            guard let length else {
                elements.append(try null())
                continue
            }
            elements.append(try Self(binary: binary.extracting(offset..<offset + length), type: elementType))
            offset += length
        }
        guard offset == binary.byteCount else { throw .decoding("\(binary.byteCount - offset) bytes after an array") }
        return elements
    }
}

extension UInt8: PostgresArrayElement {
    public static var postgresArrayType: PostgresType { .bytea }

    public static func encodeArray(_ array: [UInt8], into writer: inout BinaryWriter) { writer.append(array) }

    public static func decodeArray(_ binary: RawSpan, type: PostgresType) throws(PostgresError) -> [UInt8] {
        guard type == .bytea || type == .unknown else { throw .wrong(type, for: [UInt8].self) }
        return binary.byteArray()
    }
}

extension Array: PostgresArrayElement where Element == UInt8 {
    public static var postgresArrayType: PostgresType { .byteaArray }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresArrayElement & PostgresValue {
    public static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}

extension Bool: PostgresArrayElement { public static var postgresArrayType: PostgresType { .boolArray } }
extension Int16: PostgresArrayElement { public static var postgresArrayType: PostgresType { .int2Array } }
extension Int32: PostgresArrayElement { public static var postgresArrayType: PostgresType { .int4Array } }
extension Int64: PostgresArrayElement { public static var postgresArrayType: PostgresType { .int8Array } }
extension Int: PostgresArrayElement { public static var postgresArrayType: PostgresType { .int8Array } }
extension Float: PostgresArrayElement { public static var postgresArrayType: PostgresType { .float4Array } }
extension Double: PostgresArrayElement { public static var postgresArrayType: PostgresType { .float8Array } }
extension String: PostgresArrayElement { public static var postgresArrayType: PostgresType { .textArray } }
extension UUID: PostgresArrayElement { public static var postgresArrayType: PostgresType { .uuidArray } }
extension Timestamp: PostgresArrayElement { public static var postgresArrayType: PostgresType { .timestamptzArray } }
extension JSONBytes: PostgresArrayElement { public static var postgresArrayType: PostgresType { .jsonArray } }
extension JSONBBytes: PostgresArrayElement { public static var postgresArrayType: PostgresType { .jsonbArray } }
extension Decimal: PostgresArrayElement { public static var postgresArrayType: PostgresType { .numericArray } }
