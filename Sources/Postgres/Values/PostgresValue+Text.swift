public import System

extension String: PostgresValue {
    public static var postgresType: PostgresType { .text }

    public func encode(into writer: inout BinaryWriter) { writer.append(utf8: self) }

    /// From every type whose binary form is its text: text, varchar, char, name, json, enums and domains over text.
    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        switch type {
        case .text, .varchar, .bpchar, .name, .json, .untyped, .unknown: self = binary.text
        case _ where type.isUserDefined: self = binary.text
        default: throw .wrong(type, for: String.self)
        }
    }
}

extension UUID: PostgresValue {
    public static var postgresType: PostgresType { .uuid }

    public func encode(into writer: inout BinaryWriter) {
        writer.append(high)
        writer.append(low)
    }

    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        guard type == .uuid || type == .unknown, binary.byteCount == 16 else { throw .wrong(type, for: UUID.self) }
        self.init(high: try binary.integer(at: 0), low: try binary.integer(at: 8))
    }
}

extension Timestamp: PostgresValue {
    /// PostgreSQL counts from 2000-01-01, everyone else from 1970.
    private static var microsecondsFrom1970To2000: Int64 { 946_684_800_000_000 }

    public static var postgresType: PostgresType { .timestamptz }

    /// What the server takes, in its own count: from 4713 BC to the end of AD 294276.
    private static var serverRange: Range<Int64> { -211_813_488_000_000_000..<9_223_371_331_200_000_000 }

    /// Moments outside the server's range become its nearest infinity.
    public func encode(into writer: inout BinaryWriter) {
        let (value, overflow) = microsecondsSinceEpoch.subtractingReportingOverflow(Self.microsecondsFrom1970To2000)
        if !overflow, Self.serverRange.contains(value) { return writer.append(value) }
        writer.append(microsecondsSinceEpoch < 0 ? Int64.min : Int64.max)
    }

    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        guard type == .timestamptz || type == .unknown else { throw .wrong(type, for: Timestamp.self) }
        let value: Int64 = try binary.wholeInteger()
        guard value != .max, value != .min else { throw .decoding("infinity is not a time") }
        let (moment, overflow) = value.addingReportingOverflow(Self.microsecondsFrom1970To2000)
        guard !overflow else { throw .decoding("\(value) µs after 2000 is out of range") }
        self.init(microsecondsSinceEpoch: moment)
    }
}

/// A `json` value: its exact bytes, which the server keeps as they are. Parsing is someone else's business.
public struct JSONBytes: PostgresValue, Hashable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public static var postgresType: PostgresType { .json }

    public func encode(into writer: inout BinaryWriter) { writer.append(bytes) }

    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        switch type {
        case .json, .text, .unknown: self.init(binary.byteArray())
        case .jsonb: self.init(try JSONBBytes(binary: binary, type: type).bytes)
        default: throw .wrong(type, for: JSONBytes.self)
        }
    }
}

/// A `jsonb` value as JSON text. The server reorders keys and drops spaces: what comes back may differ in bytes.
public struct JSONBBytes: PostgresValue, Hashable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public static var postgresType: PostgresType { .jsonb }

    /// The format's version, the only one there is.
    private static var version: UInt8 { 1 }

    public func encode(into writer: inout BinaryWriter) {
        writer.append(Self.version)
        writer.append(bytes)
    }

    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        guard type == .jsonb || type == .unknown else { throw .wrong(type, for: JSONBBytes.self) }
        guard try binary.integer(at: 0, as: UInt8.self) == Self.version else {
            throw .decoding("jsonb in an unknown format")
        }
        self.init(binary.byteArray(from: 1))
    }
}
