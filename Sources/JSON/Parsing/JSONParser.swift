extension JSONValue {
    /// Reads one JSON document (RFC 8259, UTF-8, no byte order mark, each member's name once in its object).
    public init(parsing bytes: Span<UInt8>, limits: JSONLimits = .standard) throws(JSONParseError) {
        var parser = JSONParser(limits: limits)
        self = try parser.document(bytes)
    }

    public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONParseError) {
        try self.init(parsing: bytes.span, limits: limits)
    }

    public init(parsing text: String, limits: JSONLimits = .standard) throws(JSONParseError) {
        try self.init(parsing: text.utf8Span.span, limits: limits)
    }
}

/// One pass over bytes already known to be UTF-8.
///
/// The bytes travel as an argument because a span cannot be stored.
struct JSONParser {
    let limits: JSONLimits
    var offset = 0
    private var depth = 0
    private var valuesLeft: Int
    /// Whether the whole document is ASCII, which spares each string the question.
    var isASCII = false
    /// Where strings with escapes are put together; kept for its capacity.
    var scratch: [UInt8] = []

    init(limits: JSONLimits) {
        self.limits = limits
        valuesLeft = limits.values
    }

    mutating func document(_ bytes: Span<UInt8>) throws(JSONParseError) -> JSONValue {
        try checkEncoding(bytes)
        let value = try value(bytes)
        skipSpace(bytes)
        guard offset == bytes.count else {
            throw error(.trailingContent, "the document ended before this: send one JSON value only", bytes)
        }
        return value
    }

    private mutating func checkEncoding(_ bytes: Span<UInt8>) throws(JSONParseError) {
        guard bytes.count <= limits.bytes else {
            offset = limits.bytes
            throw error(.tooLarge, "the document has \(bytes.count) bytes, and \(limits.bytes) are allowed", bytes)
        }
        do {
            isASCII = try UTF8Span(validating: bytes).isKnownASCII
        } catch let invalid {
            offset = invalid.byteOffsets.lowerBound
            throw error(.invalidUTF8, "these bytes are not UTF-8: encode the document as UTF-8", bytes)
        }
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw error(.byteOrderMark, "the document begins with a byte order mark: remove it", bytes)
        }
    }

    mutating func value(_ bytes: Span<UInt8>) throws(JSONParseError) -> JSONValue {
        skipSpace(bytes)
        guard offset < bytes.count else { throw unexpected("a value", bytes) }
        valuesLeft -= 1
        guard valuesLeft >= 0 else {
            throw error(.tooManyValues, "the document has more than \(limits.values) values: split it", bytes)
        }
        switch bytes[offset] {
        case Byte.quote: return .string(try string(bytes))
        case Byte.openObject: return .object(try object(bytes))
        case Byte.openArray: return .array(try array(bytes))
        case Byte.minus, Byte.zero...Byte.nine: return .number(try number(bytes))
        case UInt8(ascii: "t"): return try word("true", means: true, bytes)
        case UInt8(ascii: "f"): return try word("false", means: false, bytes)
        case UInt8(ascii: "n"): return try word("null", means: .null, bytes)
        default: throw unexpected("a value", bytes)
        }
    }

    private mutating func word(
        _ word: StaticString, means value: JSONValue, _ bytes: Span<UInt8>
    ) throws(JSONParseError) -> JSONValue {
        let text = word.description.utf8
        for byte in text {
            guard offset < bytes.count, bytes[offset] == byte else { throw unexpected("\(word)", bytes) }
            offset += 1
        }
        return value
    }

    private mutating func array(_ bytes: Span<UInt8>) throws(JSONParseError) -> [JSONValue] {
        try open(bytes)
        var elements: [JSONValue] = []
        if !closes(with: Byte.closeArray, bytes) {
            repeat {
                elements.append(try value(bytes))
            } while try continues(until: Byte.closeArray, bytes)
        }
        depth -= 1
        return elements
    }

    private mutating func object(_ bytes: Span<UInt8>) throws(JSONParseError) -> JSONObject {
        try open(bytes)
        var members: [JSONObject.Element] = []
        var names = SeenNames()
        if !closes(with: Byte.closeObject, bytes) {
            members.reserveCapacity(8)
            repeat {
                skipSpace(bytes)
                guard offset < bytes.count, bytes[offset] == Byte.quote else {
                    throw unexpected("a member's name in quotes", bytes)
                }
                let start = offset
                let name = try string(bytes)
                guard names.insert(name, after: members) else {
                    offset = start
                    throw error(.duplicateName, "the name \(quoted(name)) is already in this object: keep one", bytes)
                }
                skipSpace(bytes)
                guard offset < bytes.count, bytes[offset] == Byte.colon else { throw unexpected("a colon", bytes) }
                offset += 1
                members.append((name, try value(bytes)))
            } while try continues(until: Byte.closeObject, bytes)
        }
        depth -= 1
        return JSONObject(distinct: members)
    }

    private mutating func open(_ bytes: Span<UInt8>) throws(JSONParseError) {
        guard depth < limits.depth else {
            throw error(.tooDeep, "arrays and objects nest deeper than \(limits.depth): flatten the document", bytes)
        }
        depth += 1
        offset += 1
    }

    /// Takes the closing bracket of an empty array or object.
    private mutating func closes(with bracket: UInt8, _ bytes: Span<UInt8>) -> Bool {
        skipSpace(bytes)
        guard offset < bytes.count, bytes[offset] == bracket else { return false }
        offset += 1
        return true
    }

    /// Takes the comma before a further element, or the closing bracket.
    private mutating func continues(until bracket: UInt8, _ bytes: Span<UInt8>) throws(JSONParseError) -> Bool {
        skipSpace(bytes)
        let next = offset < bytes.count ? bytes[offset] : 0
        guard next == Byte.comma || next == bracket else {
            throw unexpected(bracket == Byte.closeArray ? "a comma or ]" : "a comma or }", bytes)
        }
        offset += 1
        return next == Byte.comma
    }

    @inline(__always)
    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while offset < bytes.count {
            switch bytes[offset] {
            case Byte.space, Byte.lineFeed, Byte.carriageReturn, Byte.tab: offset += 1
            default: return
            }
        }
    }
}
