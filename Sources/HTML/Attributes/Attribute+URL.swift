// Attributes that lead somewhere. Only `http`, `https`, `mailto` and relative addresses do; any other, such as
// `javascript:`, becomes the inert `#`.
extension Attribute {
    public static func href(_ url: String?) -> Attribute { Attribute("href", url.map(inertUnlessHarmless)) }
    public static func src(_ url: String?) -> Attribute { Attribute("src", url.map(inertUnlessHarmless)) }
    public static func action(_ url: String?) -> Attribute { Attribute("action", url.map(inertUnlessHarmless)) }
    public static func formAction(_ url: String?) -> Attribute { Attribute("formaction", url.map(inertUnlessHarmless)) }
    public static func cite(_ url: String?) -> Attribute { Attribute("cite", url.map(inertUnlessHarmless)) }

    public static func rel(_ value: String?) -> Attribute { Attribute("rel", value) }
    /// Saves what the link leads to instead of showing it, under this name where one is given.
    public static func download(_ fileName: String? = "") -> Attribute { Attribute("download", fileName) }
    /// Opens the link in its own tab, without letting it reach back.
    public static var newTab: Attribute { Attribute("target", "_blank") }

    static func inertUnlessHarmless(_ url: String) -> String {
        // Browsers drop control characters and the spaces around a URL before they look for its scheme; a URL that
        // needs that was not meant well.
        guard url.utf8.allSatisfy({ $0 >= 0x20 }), url.utf8.first != UInt8(ascii: " ") else { return "#" }
        guard let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")) else { return url }
        let beginning = url[..<colon]
        // A colon behind one of these belongs to a path, query or fragment.
        if beginning.utf8.contains(where: { "/?#".utf8.contains($0) }) { return url }
        return ["http", "https", "mailto"].contains(beginning.lowercased()) ? url : "#"
    }
}
