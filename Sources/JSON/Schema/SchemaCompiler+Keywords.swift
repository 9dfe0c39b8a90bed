extension SchemaCompiler {
    /// The rule a keyword stands for; nil for annotations, for keywords compiled together with others, and for
    /// mistakes, which are reported.
    mutating func rule(_ keyword: String, _ value: JSONValue) -> SchemaRule? {
        switch keyword {
        case "type": typeRule(value)
        case "enum": nonEmpty(value).map { .among($0, keyword: keyword) }
        case "const": .among([value], keyword: keyword)
        case "minimum": number(value).map { .minimum($0) }
        case "maximum": number(value).map { .maximum($0) }
        case "exclusiveMinimum": number(value).map { .exclusiveMinimum($0) }
        case "exclusiveMaximum": number(value).map { .exclusiveMaximum($0) }
        case "multipleOf": multipleRule(value)
        case "minLength": count(value).map { .minLength($0) }
        case "maxLength": count(value).map { .maxLength($0) }
        case "pattern": pattern(value).map { .pattern($0) }
        case "format": formatRule(value)
        case "minItems": count(value).map { .minItems($0) }
        case "maxItems": count(value).map { .maxItems($0) }
        case "uniqueItems": flag(value) == true ? .uniqueItems : nil
        case "minProperties": count(value).map { .minProperties($0) }
        case "maxProperties": count(value).map { .maxProperties($0) }
        case "propertyNames": .propertyNames(node(value))
        case "required": names(value).map { .required($0) }
        case "allOf": alternatives(value).map { .allOf($0) }
        case "anyOf": alternatives(value).map { .anyOf($0) }
        case "oneOf": alternatives(value).map { .oneOf($0) }
        case "not": .not(node(value))
        case "$ref": reference(value).map { .allOf([$0]) }
        case "properties", "patternProperties", "additionalProperties", "items", "prefixItems": nil
        default: annotation(keyword, value)
        }
    }

    /// Checks what says something about values without constraining them.
    private mutating func annotation(_ keyword: String, _ value: JSONValue) -> SchemaRule? {
        switch keyword {
        case "title", "description", "$comment", "$id": _ = text(value)
        case "deprecated", "readOnly", "writeOnly": _ = flag(value)
        case "default": break
        case "examples": _ = take(value.array, of: value, expected: "an array")
        case "$schema":
            if value != "https://json-schema.org/draft/2020-12/schema" {
                report(keyword, #"must be "https://json-schema.org/draft/2020-12/schema""#)
            }
        case "$defs":
            _ = take(value.object, of: value, expected: "an object of schemas")
            if inspection.path.tokens.count > 1 { report(keyword, "belongs at the root of the document: move it") }
        default:
            if keyword.hasPrefix("x-") { break }
            report("keyword", "is not a known keyword: correct it, remove it, or start its name with x-")
        }
        return nil
    }

    private mutating func typeRule(_ value: JSONValue) -> SchemaRule? {
        let names = value.string.map { [.string($0)] } ?? value.array ?? []
        var kinds: SchemaRule.Kinds = []
        for name in names {
            guard let kind = SchemaRule.Kinds.names.first(where: { name == .string($0.name) }) else {
                kinds = []
                break
            }
            kinds.insert(kind.kind)
        }
        if !kinds.isEmpty { return .type(kinds) }
        let known = SchemaRule.Kinds.names.map(\.name).joined(separator: ", ")
        report("type", "must be one of \(known), or an array of these")
        return nil
    }

    private mutating func multipleRule(_ value: JSONValue) -> SchemaRule? {
        guard let divisor = number(value) else { return nil }
        let decimal = divisor.decimal
        // Longer ones would not fit the arithmetic of `isMultiple(of:)`.
        guard divisor > 0, decimal.digits.count <= JSONNumber.Decimal.divisorDigitsMost else {
            report("multipleOf", "must be greater than 0, with at most \(JSONNumber.Decimal.divisorDigitsMost) digits")
            return nil
        }
        return .multipleOf(divisor, decimal)
    }

    private mutating func formatRule(_ value: JSONValue) -> SchemaRule? {
        if let format = value.string.flatMap(Format.init) { return .format(format) }
        report("format", "must be one of \(Format.allCases.map(\.rawValue).joined(separator: ", "))")
        return nil
    }

    private mutating func reference(_ value: JSONValue) -> SchemaRule.Node? {
        guard let reference = text(value) else { return nil }
        if reference == "#" { return Self.root }
        if reference.hasPrefix("#/"), let pointer = JSONPointer(parsing: String(reference.dropFirst())),
            pointer.tokens.count == 2, pointer.tokens[0] == "$defs",
            let node = definitions[MemberName(pointer.tokens[1])]
        {
            return node
        }
        report("$ref", "must be # or #/$defs/name, with a name that $defs holds")
        return nil
    }

    mutating func propertiesRule(_ schema: JSONObject) -> SchemaRule? {
        var rule = SchemaRule.Properties()
        let named = members(schema, of: "properties")
        for (name, inner) in named ?? [:] {
            rule.names.append(name)
            rule.named[MemberName(name)] = descend(to: "properties", name) { $0.node(inner) }
        }
        let patterns = members(schema, of: "patternProperties")
        for (source, inner) in patterns ?? [:] {
            descend(to: "patternProperties", source) {
                guard let pattern = $0.pattern(.string(source)) else { return }
                rule.patterns.append((pattern, $0.node(inner)))
            }
        }
        let rest = schema["additionalProperties"]
        switch rest {
        case nil, true: rule.rest = .allowed
        case false: rule.rest = .refused
        case let inner?: rule.rest = .node(descend(to: "additionalProperties") { $0.node(inner) })
        }
        return named == nil && patterns == nil && rest == nil ? nil : .properties(rule)
    }

    mutating func itemsRule(_ schema: JSONObject) -> SchemaRule? {
        let prefix = schema["prefixItems"].flatMap { value in
            descend(to: "prefixItems") { $0.alternatives(value) }
        }
        let rest = schema["items"].map { value in descend(to: "items") { $0.node(value) } }
        return prefix == nil && rest == nil ? nil : .items(prefix: prefix ?? [], rest: rest)
    }
}
