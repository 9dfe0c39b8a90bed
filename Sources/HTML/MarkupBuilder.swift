/// Puts markup together from elements, components and text, with `if`, `switch` and `for`.
@resultBuilder
public enum MarkupBuilder {
    public static func buildExpression(_ text: String) -> Markup { Markup(text) }

    public static func buildExpression(_ markup: Markup) -> Markup { markup }

    public static func buildExpression(_ component: some Component) -> Markup { component.body }

    public static func buildBlock() -> Markup { Markup() }

    public static func buildBlock(_ part: Markup) -> Markup { part }

    public static func buildBlock(_ parts: Markup...) -> Markup { buildArray(parts) }

    public static func buildOptional(_ part: Markup?) -> Markup { part ?? Markup() }

    public static func buildEither(first part: Markup) -> Markup { part }

    public static func buildEither(second part: Markup) -> Markup { part }

    public static func buildArray(_ parts: [Markup]) -> Markup {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(0) { $0 + $1.bytes.count })
        for part in parts { bytes += part.bytes }
        return Markup(bytes: bytes)
    }
}
