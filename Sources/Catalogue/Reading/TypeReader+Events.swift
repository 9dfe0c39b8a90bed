import JSON
import Spelling

extension TypeReader {
    mutating func readEvents() {
        guard draft.isSystem else {
            draft.events = EntityEvents.drafts(for: draft.schemaDocument)
            return
        }
        for (verb, event) in document["events"]?.object ?? [:] {
            guard let effect = event["effect"]?.string.flatMap(EventEffect.init) else { continue }
            draft.events.append(
                EntityEvents.Draft(
                    verb: verb, effect: effect, summary: event["description"]?.string ?? "",
                    schema: dataSchema(of: event, effect, at: ["events", verb, "schema"]),
                    isRetired: event["retired"]?.bool ?? false))
        }
        if !draft.events.isEmpty, !draft.events.contains(where: { $0.effect == .create && !$0.isRetired }) {
            file.report(["events"], #"holds no event with the effect "create", so nothing could ever begin: add one"#)
        }
    }

    /// The event's own schema, with `true` standing for what the state declares; without one, the state's.
    private mutating func dataSchema(of event: JSONValue, _ effect: EventEffect, at place: [String]) -> JSONValue {
        let state = document["schema"]["properties"]?.object ?? [:]
        guard let given = event["schema"] else {
            return effect == .create ? draft.schemaDocument : SchemaDocuments.patch(of: draft.schemaDocument)
        }
        var properties: JSONObject = [:]
        for (name, property) in given["properties"]?.object ?? [:] {
            guard let declared = state[name] else {
                file.report(
                    place + ["properties", name], unknown: name, "is not a field of the state,", among: state.names)
                continue
            }
            properties[name] = property == true ? declared : property
        }
        let names = given["required"]?.array?.compactMap(\.string) ?? []
        for (index, name) in names.enumerated() where properties[name] == nil {
            file.report(
                place + ["required", String(index)], unknown: name, "requires a field that is not declared,",
                among: properties.names)
        }
        let missing = draft.fields.filter { $0.isRequired && effect == .create && !names.contains($0.name) }
        for field in missing {
            file.report(
                place, "has to require \(Spelling.quoted(field.name)): the state does, and it begins with this event")
        }
        let schema = SchemaDocuments.object(properties, required: names)
        reportMistakes(in: schema, at: place)
        return schema
    }
}
