/// A piece of HTML that is safe to send: text in it is escaped the moment it enters, without exception.
///
/// ```swift
/// let facts = Markup {
///     H2("Health")
///     DL(.class("facts")) {
///         for row in rows {
///             DT(row.name)
///             DD(row.value)
///         }
///     }
/// }
/// ```
///
/// It is the finished bytes and nothing else. A tree of nodes that is written at the end was tried and was a quarter
/// slower: copying bytes outwards costs less than a tree's reference counts.
public struct Markup: Sendable, Hashable {
    var bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Nothing.
    public init() { bytes = [] }

    /// Text, escaped.
    public init(_ text: String) {
        bytes = []
        bytes.append(escaping: text)
    }

    public init(@MarkupBuilder _ content: () -> Markup) { self = content() }

    /// HTML that is sent as it is. Hazard: never from data that someone could have written into; a `<` in it is a tag.
    public init(unsafeHTML html: String) { bytes = Array(html.utf8) }

    /// UTF-8, such as the fragment that replaces a part of a page.
    public func render() -> [UInt8] { bytes }
}

/// A part of a page with its own name, used in builders like an element.
///
/// ```swift
/// struct Badge: Component {
///     var text: String
///     var body: Markup { Strong(text, .class("badge")) }
/// }
/// ```
public protocol Component {
    @MarkupBuilder var body: Markup { get }
}

extension Markup: Component {
    public var body: Markup { self }
}
