// What forms and their fields carry.
extension Attribute {
    public enum FormMethod: String, Sendable { case get, post, dialog }
    public static func method(_ value: FormMethod) -> Attribute { Attribute("method", value.rawValue) }
    /// Lets a form carry files.
    public static var multipart: Attribute { Attribute("enctype", "multipart/form-data") }
    /// The form that a field outside of it belongs to.
    public static func form(_ id: String?) -> Attribute { Attribute("form", id) }
    /// The field that a label or an output belongs to.
    public static func `for`(_ id: String?) -> Attribute { Attribute("for", id) }

    public enum FieldType: String, Sendable {
        case text, search, password, email, url, tel, number, range, date, time, month, week, color, checkbox, radio,
            file, hidden, submit, reset, button
        case localDateTime = "datetime-local"
    }
    public static func type(_ value: FieldType) -> Attribute { Attribute("type", value.rawValue) }
    public static func name(_ value: String?) -> Attribute { Attribute("name", value) }
    public static func value(_ value: String?) -> Attribute { Attribute("value", value) }
    public static func placeholder(_ value: String?) -> Attribute { Attribute("placeholder", value) }
    public static func autocomplete(_ value: String?) -> Attribute { Attribute("autocomplete", value) }
    public static func inputMode(_ value: String?) -> Attribute { Attribute("inputmode", value) }
    public static func spellcheck(_ value: Bool) -> Attribute { Attribute("spellcheck", value ? "true" : "false") }
    /// The data list with suggestions for a field.
    public static func list(_ id: String?) -> Attribute { Attribute("list", id) }
    /// The files that a field takes, such as `image/*`.
    public static func accept(_ value: String?) -> Attribute { Attribute("accept", value) }
    public static func label(_ value: String?) -> Attribute { Attribute("label", value) }

    public static func checked(_ isOn: Bool = true) -> Attribute { Attribute("checked", isOn: isOn) }
    public static func selected(_ isOn: Bool = true) -> Attribute { Attribute("selected", isOn: isOn) }
    public static func disabled(_ isOn: Bool = true) -> Attribute { Attribute("disabled", isOn: isOn) }
    public static func required(_ isOn: Bool = true) -> Attribute { Attribute("required", isOn: isOn) }
    public static func readOnly(_ isOn: Bool = true) -> Attribute { Attribute("readonly", isOn: isOn) }
    public static func multiple(_ isOn: Bool = true) -> Attribute { Attribute("multiple", isOn: isOn) }
    public static func autofocus(_ isOn: Bool = true) -> Attribute { Attribute("autofocus", isOn: isOn) }
    public static func noValidate(_ isOn: Bool = true) -> Attribute { Attribute("novalidate", isOn: isOn) }

    /// Bounds as text, since dates have them too.
    public static func min(_ value: String?) -> Attribute { Attribute("min", value) }
    public static func max(_ value: String?) -> Attribute { Attribute("max", value) }
    public static func step(_ value: String?) -> Attribute { Attribute("step", value) }
    public static func low(_ value: String?) -> Attribute { Attribute("low", value) }
    public static func high(_ value: String?) -> Attribute { Attribute("high", value) }
    public static func optimum(_ value: String?) -> Attribute { Attribute("optimum", value) }
    public static func minLength(_ value: Int?) -> Attribute { Attribute("minlength", value.map { "\($0)" }) }
    public static func maxLength(_ value: Int?) -> Attribute { Attribute("maxlength", value.map { "\($0)" }) }
    public static func pattern(_ value: String?) -> Attribute { Attribute("pattern", value) }
    public static func rows(_ value: Int) -> Attribute { Attribute("rows", "\(value)") }
    public static func cols(_ value: Int) -> Attribute { Attribute("cols", "\(value)") }
}
