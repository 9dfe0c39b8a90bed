/// One attribute of an element. Its value is always escaped, and what could carry code (`style`, `on…`) does not exist.
public struct Attribute: Sendable {
    enum Value {
        case absent
        /// There, without a value.
        case flag
        case text(String)
    }

    let name: String
    let value: Value

    /// Leaves the attribute out where there is no value.
    init(_ name: String, _ value: String?) {
        self.name = name
        self.value = value.map { .text($0) } ?? .absent
    }

    init(_ name: String, isOn: Bool) {
        self.name = name
        value = isOn ? .flag : .absent
    }
}

// What every element may carry.
extension Attribute {
    /// Class names; those that are `nil` are left out, for `isOpen ? "open" : nil`.
    public static func `class`(_ names: String?...) -> Attribute {
        if names.count == 1 { return Attribute("class", names[0]) }
        let present = names.compactMap(\.self)
        return Attribute("class", present.isEmpty ? nil : present.joined(separator: " "))
    }

    public static func id(_ value: String?) -> Attribute { Attribute("id", value) }
    public static func title(_ value: String?) -> Attribute { Attribute("title", value) }
    public static func lang(_ value: String?) -> Attribute { Attribute("lang", value) }
    public static func role(_ value: String?) -> Attribute { Attribute("role", value) }
    public static func hidden(_ isOn: Bool = true) -> Attribute { Attribute("hidden", isOn: isOn) }
    public static func tabIndex(_ value: Int) -> Attribute { Attribute("tabindex", "\(value)") }
    public static func accessKey(_ value: String?) -> Attribute { Attribute("accesskey", value) }

    /// `data-name`, for scripts to find.
    public static func data(_ name: String, _ value: String? = "") -> Attribute {
        Attribute("data-\(checked(name))", value)
    }

    /// `aria-name`, for assistive technology.
    public static func aria(_ name: String, _ value: String?) -> Attribute {
        Attribute("aria-\(checked(name))", value)
    }

    /// `aria-name` with `true` or `false`.
    public static func aria(_ name: String, _ value: Bool) -> Attribute {
        aria(name, value ? "true" : "false")
    }

    /// Names are ours, so another character in them is a mistake in the program.
    private static func checked(_ name: String) -> String {
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || byte == UInt8(ascii: "-")
            }
        precondition(isName, "the name of a data or aria attribute has lower case letters, digits and hyphens only")
        return name
    }
}
