extension [UInt8] {
    /// The same for text and attributes, so that no text is safe in one place only.
    mutating func append(escaping text: String) {
        var text = text
        text.withUTF8 { utf8 in
            // What needs nothing is copied in runs, and most text is one run.
            var runStart = 0
            for at in utf8.indices {
                guard let replacement = unsafe Self.replacement(of: utf8[at]) else { continue }
                unsafe append(contentsOf: utf8[runStart..<at])
                append(replacement)
                runStart = at + 1
            }
            unsafe append(contentsOf: utf8[runStart...])
        }
    }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }

    mutating func append(startOf name: StaticString, _ attributes: [Attribute]) {
        append(UInt8(ascii: "<"))
        append(name)
        for attribute in attributes { append(attribute) }
        append(UInt8(ascii: ">"))
    }

    mutating func append(endOf name: StaticString) {
        append("</")
        append(name)
        append(UInt8(ascii: ">"))
    }

    private mutating func append(_ attribute: Attribute) {
        switch attribute.value {
        case .absent: return
        case .flag:
            append(UInt8(ascii: " "))
            self += attribute.name.utf8
        case .text(let text):
            append(UInt8(ascii: " "))
            self += attribute.name.utf8
            append("=\"")
            append(escaping: text)
            append(UInt8(ascii: "\""))
        }
    }

    private static func replacement(of byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        // A parser would turn it into a line feed.
        case UInt8(ascii: "\r"): "&#13;"
        // HTML has no way to write it.
        case 0: "\u{FFFD}"
        default: nil
        }
    }
}
