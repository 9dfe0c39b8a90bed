// Pictures, tables, lists and what opens.
extension Attribute {
    public static func alt(_ value: String) -> Attribute { Attribute("alt", value) }
    /// Loads a picture only when it comes into view.
    public static var lazy: Attribute { Attribute("loading", "lazy") }

    public enum Scope: String, Sendable { case row, col, rowgroup, colgroup }
    public static func scope(_ value: Scope) -> Attribute { Attribute("scope", value.rawValue) }
    public static func colSpan(_ value: Int?) -> Attribute { Attribute("colspan", value.map { "\($0)" }) }
    public static func rowSpan(_ value: Int?) -> Attribute { Attribute("rowspan", value.map { "\($0)" }) }

    public static func open(_ isOn: Bool = true) -> Attribute { Attribute("open", isOn: isOn) }
    public static func start(_ value: Int?) -> Attribute { Attribute("start", value.map { "\($0)" }) }
    /// When a `Time` was, for machines.
    public static func dateTime(_ value: String?) -> Attribute { Attribute("datetime", value) }
}
