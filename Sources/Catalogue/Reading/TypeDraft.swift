import JSON

/// What one file says, before it is compared with the others.
struct TypeDraft {
    var name = ""
    var collection = ""
    var title = ""
    var plural = ""
    var icon = ""
    var summary = ""
    var isSystem = false
    var version = 1
    var fields: [Field] = []
    var references: [ReferencePath] = []
    /// Where each type that is referred to is named, to complain about it.
    var referencePlaces: [(type: String, place: [String])] = []
    var schemaDocument: JSONValue = .null
    var nameField = ""
    var uniqueBy: String?
    var previewTemplate: String?
    var analyser: String?
    var summaries: [TypeSummary] = []
    var upcaster = Upcaster(steps: [])
    var events: [EntityEvents.Draft] = []
    var reading = ""
}
