extension Bool: PostgresValue {
    public static var postgresType: PostgresType { .bool }

    public func encode(into writer: inout BinaryWriter) { writer.append(self ? UInt8(1) : 0) }

    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        guard type == .bool || type == .unknown else { throw .wrong(type, for: Bool.self) }
        self = try binary.wholeInteger(as: UInt8.self) != 0
    }
}

/// Any of the server's integers decodes to any of ours, as long as the number fits.
private func decodeInteger<Integer: FixedWidthInteger>(
    _ binary: RawSpan, _ type: PostgresType, as wanted: Integer.Type
) throws(PostgresError) -> Integer {
    let wide: Int64
    switch type {
    case .int8: wide = try binary.wholeInteger()
    case .int4: wide = Int64(try binary.wholeInteger(as: Int32.self))
    case .int2: wide = Int64(try binary.wholeInteger(as: Int16.self))
    case .oid: wide = Int64(try binary.wholeInteger(as: UInt32.self))
    case .unknown:
        switch binary.byteCount {
        case 8: wide = try binary.wholeInteger()
        case 4: wide = Int64(try binary.wholeInteger(as: Int32.self))
        default: wide = Int64(try binary.wholeInteger(as: Int16.self))
        }
    default: throw .wrong(type, for: wanted)
    }
    guard let number = Integer(exactly: wide) else { throw .decoding("\(wide) does not fit into \(wanted)") }
    return number
}

extension Int16: PostgresValue {
    public static var postgresType: PostgresType { .int2 }
    public func encode(into writer: inout BinaryWriter) { writer.append(self) }
    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        self = try decodeInteger(binary, type, as: Int16.self)
    }
}

extension Int32: PostgresValue {
    public static var postgresType: PostgresType { .int4 }
    public func encode(into writer: inout BinaryWriter) { writer.append(self) }
    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        self = try decodeInteger(binary, type, as: Int32.self)
    }
}

extension Int64: PostgresValue {
    public static var postgresType: PostgresType { .int8 }
    public func encode(into writer: inout BinaryWriter) { writer.append(self) }
    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        self = try decodeInteger(binary, type, as: Int64.self)
    }
}

extension Int: PostgresValue {
    public static var postgresType: PostgresType { .int8 }
    public func encode(into writer: inout BinaryWriter) { writer.append(Int64(self)) }
    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        self = try decodeInteger(binary, type, as: Int.self)
    }
}

extension Double: PostgresValue {
    public static var postgresType: PostgresType { .float8 }

    public func encode(into writer: inout BinaryWriter) { writer.append(bitPattern) }

    /// Never from `numeric`: that would lose digits without a word. Decode ``Decimal`` instead.
    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        switch type {
        case .float4: self = Double(Float(bitPattern: try binary.wholeInteger()))
        case .float8, .unknown: self = Double(bitPattern: try binary.wholeInteger())
        default: throw .wrong(type, for: Double.self)
        }
    }
}

extension Float: PostgresValue {
    public static var postgresType: PostgresType { .float4 }

    public func encode(into writer: inout BinaryWriter) { writer.append(bitPattern) }

    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        guard type == .float4 || type == .unknown else { throw .wrong(type, for: Float.self) }
        self = Float(bitPattern: try binary.wholeInteger())
    }
}
