import JSON

/// What the rows of a type's entities depend on. Two versions of a type with the same traits keep the same rows; descriptions,
/// limits of values and everything else that only commands are checked by do not count.
public struct TypeTraits: Sendable, Hashable {
    public let name: String
    /// Changes with whatever makes another document of the same events: the version and the upcasters.
    public let reading: String
    /// What each event does, by its verb.
    public let effects: [String: String]
    /// The field that rows are named by.
    public let nameField: String
    /// What rows keep of each field beside the document, such as `compared, searched B`; empty where they keep nothing.
    public let fields: [String: String]
    /// Whether data with undeclared fields are refused, so that no entity has any.
    public let isClosed: Bool

    public init(
        name: String, reading: String, effects: [String: String], nameField: String, fields: [String: String],
        isClosed: Bool
    ) {
        self.name = name
        self.reading = reading
        self.effects = effects
        self.nameField = nameField
        self.fields = fields
        self.isClosed = isClosed
    }
}

extension EntityType {
    public var traits: TypeTraits {
        TypeTraits(
            name: name, reading: reading,
            effects: Dictionary(events.map { ($0.verb, $0.effect.rawValue) }) { first, _ in first },
            nameField: nameField, fields: Dictionary(fields.map { ($0.name, kept(of: $0)) }) { first, _ in first },
            isClosed: schemaDocument["additionalProperties"] == false)
    }

    private func kept(of field: Field) -> String {
        let paths = references.map(\.path).filter { $0 == field.name || $0.hasPrefix("\(field.name).") }.sorted()
        let parts = [field.isComparable ? "compared" : nil, field.searchWeight.map { "searched \($0.rawValue)" }]
        return (parts.compactMap(\.self) + paths.map { "refers by \($0)" }).joined(separator: ", ")
    }
}
