import Catalogue
import JSON

/// What follows from a command, decided by the state alone.
extension Entity {
    static let tagsMax = 100
    static let linksMax = 1_000
    static let dataBytesMax = 4 << 20

    /// - Returns: the events; none where it is so already.
    static func decide(_ state: Entity?, _ command: EntityCommand) throws(Rejection) -> [EntityEvent] {
        if case .create(let content, let extras) = command.action {
            if let state { throw .alreadyExists(id: state.id) }
            return try begin(command, content, extras)
        }
        if case .declared(let verb, let data) = command.action { return try declare(verb, data, state, command) }
        guard let state else { throw .notFound }
        if let expected = command.expected, !expected.contains(state.version) {
            throw .conflict(version: state.version)
        }
        switch command.action {
        case .archive: return state.isArchived ? [] : [.archived(with: nil)]
        case .unarchive: return state.isArchived ? [.unarchived] : []
        case .restore(let restoration, _):
            if let data = restoration.data { try state.refuseRename(to: data, of: command.type) }
            // What is so already need not be said.
            let missing = Restoration(of: state, to: state.with(restoration))
            return missing.isEmpty ? [] : [.restored(missing)]
        default:
            if state.isArchived { throw .archived }
            return try state.change(command)
        }
    }

    /// What the catalogue does not declare, or declares in another form, would be in the log for ever and never be read.
    private static func declare(
        _ verb: String, _ data: JSONValue, _ state: Entity?, _ command: EntityCommand
    ) throws(Rejection) -> [EntityEvent] {
        guard command.type.isSystem, let declaration = command.type.event(verb: verb), !declaration.isRetired else {
            throw .undeclared(type: command.type.name, verb: verb)
        }
        let problems = declaration.schema.problems(in: data) + StorableData.problems(in: data)
        if !problems.isEmpty { throw .invalid(problems) }
        let creates = declaration.effect == .create
        if state == nil, !creates { throw .notFound }
        if let state, creates { throw .alreadyExists(id: state.id) }
        if let expected = command.expected, let state, !expected.contains(state.version) {
            throw .conflict(version: state.version)
        }
        return [.declared(verb: verb, creates: creates, data)]
    }

    private static func begin(
        _ command: EntityCommand, _ content: Content, _ extras: EntityCommand.Extras
    ) throws(Rejection) -> [EntityEvent] {
        // Found by its name, it must be where that name leads.
        if let derived = command.type.derivedID(for: content.data), derived != command.id {
            throw .foreignID(id: command.id, wanted: derived)
        }
        if extras.tags.count > tagsMax { throw .tooMany("tags", limit: tagsMax) }
        if extras.links.count > linksMax { throw .tooMany("links", limit: linksMax) }
        var events: [EntityEvent] = [.created(content.data)]
        if !extras.tags.isEmpty { events.append(.tagged(extras.tags)) }
        events += extras.links.map { .linked($0) }
        if extras.isFavorite { events.append(.favorited) }
        if extras.isArchived { events.append(.archived(with: extras.archivedWith)) }
        return events
    }

    private func change(_ command: EntityCommand) throws(Rejection) -> [EntityEvent] {
        switch command.action {
        case .patch(let patch): return try update(patch, of: command.type)
        case .favorite(let wanted): return wanted == isFavorite ? [] : [wanted ? .favorited : .unfavorited]
        case .tag(let wanted):
            let new = wanted.filter { !tags.contains($0) }
            if tags.count + new.count > Self.tagsMax { throw .tooMany("tags", limit: Self.tagsMax) }
            return new.isEmpty ? [] : [.tagged(new)]
        case .untag(let unwanted):
            let gone = unwanted.filter { tags.contains($0) }
            return gone.isEmpty ? [] : [.untagged(gone)]
        case .link(let link):
            if links.contains(link) { return [] }
            if links.count >= Self.linksMax { throw .tooMany("links", limit: Self.linksMax) }
            return [.linked(link)]
        case .unlink(let link): return links.contains(link) ? [.unlinked(link)] : []
        case .revert(let version, let content):
            try refuseRename(to: content.data, of: command.type)
            return content.data == data ? [] : [.reverted(toVersion: version, data: content.data)]
        case .create, .declared, .archive, .unarchive, .restore: return []
        }
    }

    private func update(_ patch: JSONValue, of type: EntityType) throws(Rejection) -> [EntityEvent] {
        guard let patched = JSONValue.object(data).merging(patch).object else {
            throw .invalid([JSONProblem(keyword: "type", message: "Send an object with the fields to change.")])
        }
        if patched == data { return [] }
        let problems = Content.problems(in: patched, of: type)
        if !problems.isEmpty { throw .invalid(problems) }
        try refuseRename(to: patched, of: type)
        return [.updated(patch)]
    }

    /// Where the id is made of a field, another value there would be another entity.
    private func refuseRename(to patched: JSONObject, of type: EntityType) throws(Rejection) {
        guard let field = type.uniqueBy else { return }
        let (old, new) = (data[field]?.string.flatMap { Slug.of($0) }, patched[field]?.string.flatMap { Slug.of($0) })
        if old != new { throw .fixedName(field: field) }
    }
}
