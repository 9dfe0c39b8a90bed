extension JSONParser {
    @inline(never)
    func error(_ code: JSONParseError.Code, _ message: String, _ bytes: Span<UInt8>) -> JSONParseError {
        JSONParseError(code, message, at: offset, in: bytes)
    }

    @inline(never)
    func unexpected(_ expectation: String, _ bytes: Span<UInt8>) -> JSONParseError {
        guard offset < bytes.count else {
            return error(.unexpectedEnd, "the document ends where \(expectation) should be", bytes)
        }
        return error(.unexpectedByte, "\(expectation) should be here, not \(character(bytes))", bytes)
    }

    /// The character at the place of the mistake, in quotes when it can be shown.
    private func character(_ bytes: Span<UInt8>) -> String {
        var end = offset + 1
        while end < bytes.count, bytes[end] & 0b1100_0000 == 0b1000_0000 { end += 1 }
        let character = (offset..<end).map { bytes[$0] }
        return quoted(String(decoding: character, as: UTF8.self))
    }

    /// Somebody else's text, made fit for a message.
    func quoted(_ text: String) -> String {
        JSONValue.string(text.count > 40 ? text.prefix(40) + "…" : text).description
    }
}
