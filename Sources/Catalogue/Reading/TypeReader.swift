import JSON
import Spelling

/// Reads one file. It continues after a mistake, so that all are found at once; what it made then is not used.
struct TypeReader {
    var file: CatalogueFile
    var draft = TypeDraft()
    let functions: [String: Upcaster.Function]

    init(_ file: CatalogueFile, functions: [String: Upcaster.Function]) {
        self.file = file
        self.functions = functions
    }

    var document: JSONValue { file.document }

    mutating func read() {
        guard file.problems.isEmpty else { return }
        guard let form = form() else { return }
        checkForm(form)
        let nameKey = draft.isSystem ? "category" : "type"
        draft.name = document[nameKey]?.string ?? ""
        if !draft.name.isEmpty, draft.name != file.baseName {
            file.report([nameKey], "is \(Spelling.quoted(draft.name)), so the file must be called \(draft.name).json")
        }
        draft.collection = document["collection"]?.string ?? ""
        draft.title = document["title"]?.string ?? ""
        draft.plural = document["plural"]?.string ?? ""
        draft.icon = document["icon"]?.string ?? ""
        draft.summary = document["description"]?.string ?? ""
        draft.version = document["version"]?.integer ?? 1
        draft.previewTemplate = document["preview"]["template"]?.string
        draft.analyser = document["analyser"]?.string
        if Self.reservedCollections.contains(draft.collection) {
            file.report(["collection"], "is an address that the API uses for something else: choose another")
        }
        readSchema()
        readFields()
        readNameFields()
        checkTemplate()
        readSummaries()
        readUpcasters()
        readEvents()
        draft.reading = reading()
    }

    /// What is beside the collections under `/api/v2`.
    static let reservedCollections: Set<String> = [
        "admin", "bulk", "entities", "export", "import", "search", "session", "stream", "suggestions",
    ]

    private mutating func form() -> FileForm? {
        switch (document["type"], document["category"]) {
        case (_?, nil): break
        case (nil, _?): draft.isSystem = true
        case (nil, nil):
            file.report([], #"says neither "type" (of an entity) nor "category" (of the system): add one of them"#)
            return nil
        case (_?, _?):
            file.report(
                ["category"],
                #"cannot be combined with "type": keep one; "category" is for events that the system writes"#)
            return nil
        }
        if draft.isSystem != file.isInSystemFolder {
            file.report(
                [draft.isSystem ? "category" : "type"],
                draft.isSystem
                    ? "belongs into the folder system/: move the file there"
                    : "is in the folder system/, which is for categories: move the file up")
        }
        return draft.isSystem ? .system : .entity
    }

    private mutating func checkForm(_ form: FileForm) {
        for problem in form.schema.problems(in: document) {
            let tokens = problem.pointer.tokens
            if problem.keyword == "additionalProperties", let name = tokens.last {
                let known = Advice.names(at: tokens.dropLast(), of: form.document)
                file.report(tokens, "is not known here: \(Advice.about(name, among: known))")
            } else {
                file.report(tokens, problem.message)
            }
        }
    }

    private mutating func readNameFields() {
        let names = draft.fields.map(\.name)
        for (key, isKey) in [("name_field", false), ("unique_by", true)] {
            guard let name = document[key]?.string else { continue }
            guard let field = draft.fields.first(where: { $0.name == name }) else {
                file.report([key], unknown: name, "names no field of the schema,", among: names)
                continue
            }
            if field.kind != .string { file.report([key], "must name a string field, and \(name) is not one") }
            if isKey, !field.isRequired {
                file.report([key], "has to name a required field: add \(Spelling.quoted(name)) to required")
            }
            if isKey { draft.uniqueBy = name } else { draft.nameField = name }
        }
    }

    /// Fields in braces have to exist: a template is only seen to be wrong when it costs money.
    private mutating func checkTemplate() {
        guard let template = draft.previewTemplate else { return }
        for part in template.split(separator: "{", omittingEmptySubsequences: false).dropFirst() {
            guard let end = part.firstIndex(of: "}") else {
                file.report(["preview", "template"], "opens a brace that it does not close: add } behind the field")
                return
            }
            let name = String(part[..<end])
            if !draft.fields.contains(where: { $0.name == name }) {
                file.report(
                    ["preview", "template"], unknown: name, "uses an unknown field,", among: draft.fields.map(\.name))
            }
        }
    }

    private func reading() -> String {
        var content: JSONObject = ["version": .integer(draft.version), "system": .bool(draft.isSystem)]
        content["upcasters"] = document["upcasters"].map(SchemaDocuments.bare)
        return Fingerprint.hexadecimal(of: JSONValue.object(content).canonicalBytes)
    }
}
