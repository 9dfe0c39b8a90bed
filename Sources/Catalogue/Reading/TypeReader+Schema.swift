import JSON
import Spelling

extension TypeReader {
    /// Compiles the data's schema for its mistakes, then looks at our own keywords.
    mutating func readSchema() {
        var schema: JSONObject = [
            "type": "object", "title": .string(draft.title), "description": .string(draft.summary),
        ]
        for key in ["properties", "required"] { schema[key] = document["schema"][key] }
        schema["additionalProperties"] = document["schema"]["additionalProperties"] ?? false
        draft.schemaDocument = .object(schema)
        reportMistakes(in: draft.schemaDocument, at: ["schema"])
        for (name, property) in document["schema"]["properties"]?.object ?? [:] {
            walk(property, at: ["schema", "properties", name], position: .reference(path: [name], isList: false))
        }
    }

    /// Reports what the schema compiler has to say; the form of the file has spoken about the upper levels already.
    mutating func reportMistakes(in schema: JSONValue, at place: [String]) {
        do throws(JSONProblems) {
            _ = try JSONSchema(schema)
        } catch {
            for problem in error.problems where problem.pointer.tokens.count > 1 {
                report(problem, of: schema, at: place)
            }
        }
    }

    private mutating func report(_ problem: JSONProblem, of schema: JSONValue, at place: [String]) {
        let tokens = place + problem.pointer.tokens
        let known: [String]
        let name: String?
        switch problem.keyword {
        case "keyword": (known, name) = (SchemaKeywords.all, problem.pointer.tokens.last)
        case "type": (known, name) = (SchemaKeywords.kinds, schema[problem.pointer]?.string)
        case "format": (known, name) = (SchemaKeywords.formats, schema[problem.pointer]?.string)
        default: (known, name) = ([], nil)
        }
        if let name, let nearest = Spelling.nearest(to: name, among: known) {
            file.report(
                tokens, "\(problem.message.split(separator: ":")[0]): did you mean \(Spelling.quoted(nearest))?")
        } else {
            file.report(tokens, problem.message)
        }
    }

    /// Whether references may stand here, and how the place is called.
    enum Position {
        case reference(path: [String], isList: Bool)
        case elsewhere
    }

    /// Looks for keywords of our own in a schema and in those within it.
    private mutating func walk(_ schema: JSONValue, at place: [String], position: Position) {
        guard case .object(let object) = schema else { return }
        for (keyword, value) in object {
            let here = place + [keyword]
            switch keyword {
            case "x-references": readReference(schema, value, at: here, position)
            case "x-on-archive":
                if object["x-references"] == nil { file.report(here, "belongs beside x-references: move it there") }
            case "$ref", "$defs", "$id", "$schema":
                file.report(here, "cannot be used here, since documents show the schema elsewhere: write it out")
            case _ where keyword.hasPrefix("x-"):
                file.report(here, unknown: keyword, "is not a known keyword,", among: SchemaKeywords.own)
            case "properties":
                for (name, inner) in value.object ?? [:] {
                    walk(inner, at: here + [name], position: position.member(name))
                }
            case "patternProperties":
                for (name, inner) in value.object ?? [:] { walk(inner, at: here + [name], position: .elsewhere) }
            case "items": walk(value, at: here, position: position.element)
            case "additionalProperties", "propertyNames", "not": walk(value, at: here, position: .elsewhere)
            case "prefixItems", "allOf", "anyOf", "oneOf":
                for (index, inner) in (value.array ?? []).enumerated() {
                    walk(inner, at: here + [String(index)], position: .elsewhere)
                }
            default: break
            }
        }
    }

    private mutating func readReference(
        _ schema: JSONValue, _ value: JSONValue, at place: [String], _ position: Position
    ) {
        let types = value.array?.compactMap(\.string) ?? []
        guard !types.isEmpty, types.count == value.array?.count else {
            return file.report(place, #"must be an array of names of types, or ["*"] for any"#)
        }
        guard types.count == 1 || !types.contains("*") else {
            return file.report(place, #"holds "*" and other types: "*" alone means any"#)
        }
        guard case .reference(let path, let isList) = position, path.count <= 2 else {
            return file.report(
                place, "is too deep: references stand in a field, in its items, or one object below these")
        }
        if schema["type"] != "string" || schema["format"] != "uuid" {
            file.report(place, #"refers by id: say "type":"string","format":"uuid" beside it"#)
        }
        var onArchive = Reference.OnArchive.keep
        if let text = schema["x-on-archive"] {
            let choices = Reference.OnArchive.allCases.map(\.rawValue)
            if let known = text.string.flatMap(Reference.OnArchive.init) {
                onArchive = known
            } else {
                file.report(
                    place.dropLast() + ["x-on-archive"], unknown: text.string ?? "\(text)", "cannot be",
                    among: choices)
            }
        }
        draft.referencePlaces += types.enumerated().map { ($1, place + [String($0)]) }
        let reference = Reference(types: types, isList: isList, onArchive: onArchive)
        draft.references.append(ReferencePath(path: path.joined(separator: "."), reference: reference))
    }
}

extension TypeReader.Position {
    fileprivate func member(_ name: String) -> Self {
        if case .reference(let path, let isList) = self {
            .reference(path: path + [name], isList: isList)
        } else {
            self
        }
    }

    fileprivate var element: Self {
        // Arrays of arrays of references have no sensible form.
        if case .reference(let path, false) = self { .reference(path: path, isList: true) } else { .elsewhere }
    }
}

/// The words of schemas, to suggest one for a misspelt one.
enum SchemaKeywords {
    static let own = ["x-references", "x-on-archive"]
    static let kinds = Field.Kind.allCases.map(\.rawValue)
    static let kindsListed = kinds.map { Spelling.quoted($0) }.joined(separator: ", ")
    static let formats = ["date-time", "date", "uuid", "uri", "email"]
    static let standard = [
        "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "pattern", "format", "properties", "patternProperties", "additionalProperties",
        "propertyNames", "required", "minProperties", "maxProperties", "items", "prefixItems", "minItems", "maxItems",
        "uniqueItems", "allOf", "anyOf", "oneOf", "not", "title", "description", "default", "examples", "deprecated",
        "readOnly", "writeOnly", "$comment",
    ]
    static let all = standard + own
}
