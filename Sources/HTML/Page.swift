/// A whole document. Scripts and styles come from files only, so a strict content security policy holds.
///
/// ```swift
/// let page = Page(title: "Life-OS", stylesheets: ["/console/styles/console.css"]) {
///     Main { H1("Life-OS") }
/// }
/// ```
public struct Page: Sendable {
    public var title: String
    public var language: String
    /// Addresses of stylesheets, in order.
    public var stylesheets: [String]
    /// Addresses of ES modules, which run once the document is read.
    public var modules: [String]
    /// The address of the icon; `nil` lets browsers ask for `/favicon.ico`.
    public var icon: String?
    /// Names and contents of `meta`, such as a `description`.
    public var metadata: [(name: String, content: String)]
    public var body: Markup

    public init(
        title: String, language: String = "en", stylesheets: [String] = [], modules: [String] = [],
        icon: String? = nil, metadata: KeyValuePairs<String, String> = [:], @MarkupBuilder body: () -> Markup
    ) {
        self.title = title
        self.language = language
        self.stylesheets = stylesheets
        self.modules = modules
        self.icon = icon
        self.metadata = metadata.map { (name: $0.key, content: $0.value) }
        self.body = body()
    }

    /// The document as UTF-8.
    public func render() -> [UInt8] {
        var bytes = Array("<!doctype html>".utf8)
        bytes.reserveCapacity(body.bytes.count + 4_096)
        bytes.append(startOf: "html", [.lang(language)])
        bytes += head.bytes
        bytes.append(startOf: "body", [])
        bytes += body.bytes
        bytes.append(endOf: "body")
        bytes.append(endOf: "html")
        return bytes
    }

    private var head: Markup {
        func meta(_ name: String, _ content: String) -> Markup {
            .void("meta", [.name(name), Attribute("content", content)])
        }
        return .element(
            "head", [],
            Markup {
                Markup.void("meta", [Attribute("charset", "utf-8")])
                meta("viewport", "width=device-width, initial-scale=1")
                Markup.element("title", [], title)
                for (name, content) in metadata { meta(name, content) }
                if let icon { Markup.void("link", [.rel("icon"), .href(icon)]) }
                for address in stylesheets { Markup.void("link", [.rel("stylesheet"), .href(address)]) }
                for address in modules { Markup.element("script", [Attribute("type", "module"), .src(address)], "") }
            })
    }
}
