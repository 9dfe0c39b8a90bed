/// Which element it is. The kinds are listed beside the names that pages use for them.
public protocol ElementKind {
    static var name: StaticString { get }
    /// Whether the parser drops a line break that follows the start tag at once.
    static var dropsFirstLineBreak: Bool { get }
}

extension ElementKind {
    public static var dropsFirstLineBreak: Bool { false }
}

/// The kinds of all elements. Pages use the short names instead.
public enum Kinds {}

/// An element with content, such as `P("Hello")` or `UL { LI("one") }`.
public struct Element<Kind: ElementKind>: Component, Sendable {
    public let body: Markup

    public init(_ attributes: Attribute..., @MarkupBuilder content: () -> Markup = { Markup() }) {
        body = .element(Kind.name, attributes, content())
    }

    /// An element with nothing but text in it.
    public init(_ text: String, _ attributes: Attribute...) {
        let isDropped = text.utf8.first == UInt8(ascii: "\n") && Kind.dropsFirstLineBreak
        body = .element(Kind.name, attributes, isDropped ? "\n\(text)" : text)
    }
}

/// An element that never has content, such as `BR()`.
public struct VoidElement<Kind: ElementKind>: Component, Sendable {
    public let body: Markup

    public init(_ attributes: Attribute...) {
        body = .void(Kind.name, attributes)
    }
}

// Not generic, so that there is one copy of each.
extension Markup {
    static func element(_ name: StaticString, _ attributes: [Attribute], _ content: Markup) -> Markup {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.bytes.count + tagBytes(name, attributes))
        bytes.append(startOf: name, attributes)
        bytes += content.bytes
        bytes.append(endOf: name)
        return Markup(bytes: bytes)
    }

    static func element(_ name: StaticString, _ attributes: [Attribute], _ text: String) -> Markup {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + tagBytes(name, attributes))
        bytes.append(startOf: name, attributes)
        bytes.append(escaping: text)
        bytes.append(endOf: name)
        return Markup(bytes: bytes)
    }

    static func void(_ name: StaticString, _ attributes: [Attribute]) -> Markup {
        var bytes: [UInt8] = []
        bytes.append(startOf: name, attributes)
        return Markup(bytes: bytes)
    }

    /// About what the tags take, to make room once.
    private static func tagBytes(_ name: StaticString, _ attributes: [Attribute]) -> Int {
        name.utf8CodeUnitCount * 2 + 6 + attributes.count * 32
    }
}
