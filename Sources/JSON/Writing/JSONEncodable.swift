/// What knows how to write itself as JSON.
///
/// `Double` is missing on purpose: infinities and NaN have no JSON, so say `JSONNumber(value)`, which is nil for them.
public protocol JSONEncodable {
    /// Writes exactly one value.
    func encode(into writer: inout JSONWriter)
}

extension JSONEncodable {
    /// The compact JSON text as bytes.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        encode(into: &writer)
        return writer.bytes
    }
}

extension JSONValue: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        switch self {
        case .null:
            writer.beginValue()
            writer.append(plain: "null")
        case .bool(let flag): flag.encode(into: &writer)
        case .number(let number): number.encode(into: &writer)
        case .string(let text): text.encode(into: &writer)
        case .array(let elements): elements.encode(into: &writer)
        case .object(let object):
            writer.object {
                for (name, value) in object { $0.field(name, value) }
            }
        }
    }
}

extension JSONNumber: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.beginValue()
        switch storage {
        case .integer(let value): writer.append(value)
        case .text(let text): writer.append(plain: text)
        }
    }
}

extension String: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.beginValue()
        writer.append(quoting: self)
    }
}

extension Bool: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.beginValue()
        writer.append(plain: self ? "true" : "false")
    }
}

extension Int: JSONEncodable {
    public func encode(into writer: inout JSONWriter) { Int64(self).encode(into: &writer) }
}

extension Int32: JSONEncodable {
    public func encode(into writer: inout JSONWriter) { Int64(self).encode(into: &writer) }
}

extension Int64: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.beginValue()
        writer.append(self)
    }
}

extension UInt64: JSONEncodable {
    public func encode(into writer: inout JSONWriter) { JSONNumber(self).encode(into: &writer) }
}

/// Nil becomes `null`.
extension Optional: JSONEncodable where Wrapped: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        switch self {
        case .some(let value): value.encode(into: &writer)
        case .none: JSONValue.null.encode(into: &writer)
        }
    }
}

extension Array: JSONEncodable where Element: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.array(of: self) { $1.encode(into: &$0) }
    }
}
