public import JSON

/// A type of entity, or a category of the system: what its data looks like and what can happen to it.
///
/// A class, so that handing one around costs one reference count whatever it holds; nothing in it changes.
public final class EntityType: Sendable {
    /// Such as `clothing_item`; also the category of its events.
    public let name: String
    /// Such as `clothing-items`, for addresses.
    public let collection: String
    /// For people: `Clothing item`, `Clothing items`.
    public let title: String
    public let plural: String
    /// An emoji.
    public let icon: String
    public let summary: String
    /// Whether it is the system that writes it, so that REST only reads it.
    public let isSystem: Bool
    /// The schema version of its events.
    public let version: Int
    /// In the order of the file.
    public let fields: [Field]
    /// Every place that refers to other entities, in the order of the file.
    public let references: [ReferencePath]
    /// What a whole entity's data has to be like. Unknown fields are refused unless the file says otherwise.
    public let schema: JSONSchema
    /// The same as a document, with our own `x-…` keywords.
    public let schemaDocument: JSONValue
    /// What a merge patch of the data has to be like, as a document: nothing is required, null removes.
    public let patchDocument: JSONValue
    /// The field with what people call it: `name`, `title` or `question`.
    public let nameField: String
    /// When set, an entity's id is derived from this field's normalised value, so that there is one for each.
    public let uniqueBy: String?
    public let events: [EventDeclaration]
    public let previewTemplate: String?
    /// The tool that finds out the fields from an image.
    public let analyser: String?
    /// The summaries of all its entities together.
    public let summaries: [TypeSummary]
    /// Sixteen hexadecimal digits that change with the version and the upcasters.
    let reading: String

    let upcaster: Upcaster
    private let fieldPlaces: [String: Int]
    private let eventPlaces: [String: Int]
    private let referenceTree: ReferenceTree

    init(_ draft: TypeDraft, schema: JSONSchema, events: [EventDeclaration]) {
        name = draft.name
        collection = draft.collection
        title = draft.title
        plural = draft.plural
        icon = draft.icon
        summary = draft.summary
        isSystem = draft.isSystem
        version = draft.version
        fields = draft.fields
        references = draft.references
        self.schema = schema
        schemaDocument = draft.schemaDocument
        patchDocument = SchemaDocuments.patch(of: draft.schemaDocument)
        nameField = draft.nameField
        uniqueBy = draft.uniqueBy
        self.events = events
        previewTemplate = draft.previewTemplate
        analyser = draft.analyser
        summaries = draft.summaries
        upcaster = draft.upcaster
        reading = draft.reading
        fieldPlaces = Dictionary(fields.enumerated().map { ($1.name, $0) }) { first, _ in first }
        eventPlaces = Dictionary(events.enumerated().map { ($1.verb, $0) }) { first, _ in first }
        referenceTree = ReferenceTree(references)
    }

    public func field(_ name: String) -> Field? { fieldPlaces[name].map { fields[$0] } }

    public func event(verb: String) -> EventDeclaration? { eventPlaces[verb].map { events[$0] } }

    /// Every entity that the data refers to, in the order of the data, each once for each path.
    public func references(in data: JSONValue) -> [FoundReference] { referenceTree.references(in: data) }

    /// Everything wrong with a whole entity's data; empty when it is valid. An unknown field gets a suggestion.
    public func problems(in data: JSONValue) -> [JSONProblem] {
        let problems = schema.problems(in: data)
        return problems.isEmpty ? [] : problems.map { Advice.improve($0, by: schemaDocument) }
    }

    /// Data as the newest version has it, of an event that was written in an older one.
    ///
    /// Data of this version, and of one newer than we know, comes back as it is.
    public func upcast(_ data: JSONValue, form: DataForm, from version: Int) -> JSONValue {
        version >= self.version ? data : upcaster.upcast(data, form: form, from: version)
    }

    /// The same for the whole data of an event, whatever part of it is the entity's.
    public func upcast(_ data: JSONValue, of event: EventDeclaration, from version: Int) -> JSONValue {
        switch event.effect {
        case .create: return upcast(data, form: .whole, from: version)
        case .merge: return upcast(data, form: .patch, from: version)
        case .revert, .restore:
            guard version < self.version, let inner = data["data"] else { return data }
            var data = data
            data["data"] = upcast(inner, form: .whole, from: version)
            return data
        case .archive, .unarchive, .favorite, .unfavorite, .tag, .untag, .link, .unlink: return data
        }
    }
}
