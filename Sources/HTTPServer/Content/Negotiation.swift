/// How a body is encoded on its way.
public enum ContentCoding: String, Sendable, CaseIterable {
    case identity, gzip
}

/// Picks what a client likes best of what we have (RFC 9110, section 12.5).
///
/// A malformed element of a list is skipped, as if the client had not sent it.
public enum Negotiation {
    /// - Parameters:
    ///   - accept: the value of `Accept`; several headers joined with commas; `nil` and empty accept all.
    ///   - offered: ours, best first; the earlier wins where the client likes both equally.
    /// - Returns: `nil` when the client accepts none: ``Problem/notAcceptable(offered:)`` says so.
    public static func mediaType(accept: String?, offered: [MediaType]) -> MediaType? {
        let ranges = elements(of: accept ?? "", withSlash: true)
        if ranges.isEmpty { return offered.first }
        var best: (type: MediaType, quality: Int)?
        for type in offered {
            let quality = ranges.max { specificity(of: $0, for: type) < specificity(of: $1, for: type) }
                .flatMap { specificity(of: $0, for: type) > 0 ? $0.quality : nil }
            if let quality, quality > best?.quality ?? 0 { best = (type, quality) }
        }
        return best?.type
    }

    /// - Parameters:
    ///   - acceptEncoding: the value of `Accept-Encoding`; `nil` means that nothing is known, so nothing is encoded.
    ///   - offered: the codings that we have this content in.
    /// - Returns: `nil` when the client accepts none of them, not even the plain bytes.
    public static func coding(acceptEncoding: String?, offered: [ContentCoding]) -> ContentCoding? {
        guard let acceptEncoding else { return offered.contains(.identity) ? .identity : offered.first }
        let elements = elements(of: acceptEncoding, withSlash: false)
        func quality(of name: String) -> Int? { elements.first { $0.name == name }?.quality }
        let others = quality(of: "*")
        // Plain bytes are fine unless refused, yet any coding that the client names is better.
        let identity = quality(of: "identity") ?? (others == 0 ? 0 : 1)
        let gzip = quality(of: "gzip") ?? quality(of: "x-gzip") ?? others ?? 0
        if offered.contains(.gzip), gzip > 0, gzip >= identity || !offered.contains(.identity) { return .gzip }
        return offered.contains(.identity) && identity > 0 ? .identity : nil
    }

    private struct Element {
        var name: String
        var parameters: [MediaType.Parameter] = []
        /// In thousandths.
        var quality = 1_000
    }

    private static func elements(of list: String, withSlash: Bool) -> [Element] {
        var scanner = HeaderScanner(list)
        var elements: [Element] = []
        while !scanner.isAtEnd {
            scanner.skipSpace()
            if let element = element(&scanner, withSlash: withSlash) { elements.append(element) }
            scanner.skipBehindComma()
        }
        return elements
    }

    private static func element(_ scanner: inout HeaderScanner, withSlash: Bool) -> Element? {
        guard let first = scanner.token() else { return nil }
        var element = Element(name: first.lowercased())
        if withSlash {
            guard scanner.skip("/"), let second = scanner.token() else { return nil }
            element.name += "/\(second.lowercased())"
        }
        for (name, value) in scanner.parameters() ?? [] {
            if name != "q" {
                element.parameters.append(MediaType.Parameter(name: name, value: value))
                continue
            }
            guard let quality = thousandths(value) else { return nil }
            element.quality = quality
            // What follows the quality are extensions that no one ever defined.
            break
        }
        return element
    }

    /// Zero where the range does not match, and more the closer it does.
    private static func specificity(of range: Element, for type: MediaType) -> Int {
        if range.name == "*/*" { return 1 }
        if range.name.hasSuffix("/*") { return type.essence.hasPrefix(range.name.dropLast()) ? 2 : 0 }
        guard range.name == type.essence else { return 0 }
        let hasAll = range.parameters.allSatisfy { wanted in
            type.parameter(wanted.name)?.lowercased() == wanted.value.lowercased()
        }
        return hasAll ? 3 + range.parameters.count : 0
    }

    private static func thousandths(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1"), bytes.count <= 5
        else { return nil }
        var value = Int(first - UInt8(ascii: "0")) * 1_000
        if bytes.count > 1, bytes[1] != UInt8(ascii: ".") { return nil }
        for (digit, scale) in zip(bytes.dropFirst(2), [100, 10, 1]) {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            value += Int(digit - UInt8(ascii: "0")) * scale
        }
        return value <= 1_000 ? value : nil
    }
}
