import JSON

extension TypeReader {
    mutating func readFields() {
        let properties = document["schema"]["properties"]?.object ?? [:]
        let required = document["schema"]["required"]?.array?.compactMap(\.string) ?? []
        for (index, name) in required.enumerated() where properties[name] == nil {
            file.report(
                ["schema", "required", String(index)], unknown: name, "requires a field that is not declared,",
                among: properties.names)
        }
        let search = document["search"]?.object ?? [:]
        for (name, _) in search where properties[name] == nil {
            file.report(["search", name], unknown: name, "names no field of the schema,", among: properties.names)
        }
        for (name, schema) in properties {
            guard let kind = kind(of: schema, at: ["schema", "properties", name]) else { continue }
            let field = Field(
                name: name, kind: kind,
                elementKind: kind == .array ? schema["items"]["type"]?.string.flatMap(Field.Kind.init) : nil,
                isRequired: required.contains(name),
                searchWeight: search[name]?.string.flatMap(SearchWeight.init),
                reference: draft.references.first { $0.path == name }?.reference,
                schema: schema, summary: schema["description"]?.string ?? "", isText: Field.isText(schema))
            if field.searchWeight != nil, field.kind != .string, field.elementKind != .string {
                file.report(["search", name], "cannot be searched: only strings and arrays of strings can")
            }
            draft.fields.append(field)
        }
        if properties.isEmpty, document["schema"]?.object != nil {
            file.report(["schema"], "declares no field: add at least the one that name_field names")
        }
    }

    /// Columns, filters and forms want to know what a field holds, so each has one kind.
    private mutating func kind(of schema: JSONValue, at place: [String]) -> Field.Kind? {
        guard case .object = schema else {
            file.report(place, #"must be an object with a "type""#)
            return nil
        }
        if let kind = schema["type"]?.string.flatMap(Field.Kind.init) { return kind }
        let kinds = SchemaKeywords.kindsListed
        if let type = schema["type"], type.string == nil || type == "null" {
            file.report(place + ["type"], "must be one of \(kinds): what may be absent need not be null")
        } else if schema["type"] == nil {
            file.report(place, "says no type: add one of \(kinds)")
        }
        return nil
    }
}
