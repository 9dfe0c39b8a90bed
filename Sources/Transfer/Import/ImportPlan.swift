import Catalogue
import Entities
import JSON
import System

/// Everything an import would do, decided from the files and what is there. Pure: a dry run ends here.
struct ImportPlan {
    /// One command, and the file it serves.
    struct Step {
        let item: Int
        let id: UUID
        let type: EntityType
        let action: EntityCommand.Action
        /// Sets right what the archiving of others brings along, which no report speaks of.
        var isSettling = false
    }

    private(set) var report: ImportReport
    private(set) var steps: [Step] = []
    private let drafts: [ImportDraft]
    private let present: [UUID: Entity]
    private let catalogue: Catalogue

    /// - Parameters:
    ///   - present: the entities of the files that are there already.
    ///   - owners: the categories of the streams that have the files' ids already.
    ///   - types: the types of everything else that is pointed to and is there.
    init(
        _ folder: ImportFolder, present: [UUID: Entity], owners: [UUID: String], types: [UUID: String],
        _ catalogue: Catalogue
    ) {
        self.present = present
        self.catalogue = catalogue
        // Ids grow with time, so what was made first comes first.
        let allowed = folder.drafts.map { draft in
            var draft = draft
            if let owner = owners[draft.id], present[draft.id] == nil { draft.refuse(Self.taken(draft.id, by: owner)) }
            return draft
        }
        drafts = Self.withoutDanglingReferences(allowed, present, types).sorted { $0.id < $1.id }
        report = ImportReport(
            items: drafts.map { draft in
                .init(
                    path: draft.path, id: draft.id, type: draft.type.name,
                    outcome: draft.isRefused ? .refused : .unchanged, problems: draft.problems)
            })
        planCreations()
        planChanges()
        report.items += folder.refused
    }

    static func taken(_ id: UUID, by category: String) -> String {
        "The id \(id) belongs to a stream of the category \(category). Give the file another name."
    }

    /// Takes away what points to nothing; again and again, since that may cost another its place.
    private static func withoutDanglingReferences(
        _ drafts: [ImportDraft], _ present: [UUID: Entity], _ types: [UUID: String]
    ) -> [ImportDraft] {
        var drafts = drafts
        var known = types.merging(present.mapValues(\.type)) { first, _ in first }
        for draft in drafts where !draft.isRefused { known[draft.id] = draft.type.name }
        var isSettled = false
        while !isSettled {
            isSettled = true
            for index in drafts.indices where !drafts[index].isRefused {
                var wrong: [String] = []
                let fields = drafts[index].rewriteReferences { text, reference in
                    guard let type = UUID(text).flatMap({ known[$0] }), reference.allows(type: type) else {
                        wrong.append(text)
                        return nil
                    }
                    return text
                }
                if fields.isEmpty, drafts[index].marks?.links.allSatisfy({ known[$0.target] != nil }) != false {
                    continue
                }
                for field in fields.sorted() {
                    drafts[index].leaveOut(
                        field, "There is nothing fitting with the id \(wrong.joined(separator: ", ")). It was left out."
                    )
                }
                drafts[index].dropLinks { known[$0.target] != nil }
                drafts[index].clean()
                if drafts[index].isRefused {
                    isSettled = false
                    if present[drafts[index].id] == nil { known[drafts[index].id] = nil }
                }
            }
        }
        return drafts
    }

    private mutating func add(_ item: Int, _ action: EntityCommand.Action, isSettling: Bool = false) {
        steps.append(
            Step(
                item: item, id: drafts[item].id, type: drafts[item].type, action: action, isSettling: isSettling))
    }

    // What is not there yet

    private mutating func planCreations() {
        let new = drafts.indices.filter { !drafts[$0].isRefused && present[drafts[$0].id] == nil }
        let order = ImportOrder(new.map { node(drafts[$0]) }).steps
        for (node, waiting) in order { create(new[node], without: waiting) }
        let incomplete = order.filter { !$0.waiting.isEmpty }
        for (node, waiting) in incomplete { complete(new[node], waiting) }
        // Only now: what is archived cannot be completed.
        for (node, _) in incomplete { archive(new[node]) }
    }

    private func node(_ draft: ImportDraft) -> ImportOrder.Node {
        var targets: [ImportOrder.Part: Set<UUID>] = [:]
        for reference in draft.type.references(in: .object(draft.data)) {
            let field = String(reference.field.split(separator: ".").first ?? "")
            targets[.field(field), default: []].insert(reference.target)
        }
        if let marks = draft.marks {
            targets[.links] = Set(marks.links.map(\.target))
            if let tag = catalogue.tag { targets[.tags] = Set(marks.tags.map { tag.derivedID(slug: $0) }) }
        }
        return .init(id: draft.id, targets: targets, isSolid: draft.marks?.isArchived == true)
    }

    private mutating func create(_ item: Int, without waiting: Set<ImportOrder.Part>) {
        let draft = drafts[item]
        var data = draft.data
        var extras = EntityCommand.Extras()
        if let marks = draft.marks {
            if !waiting.contains(.tags) { extras.tags = marks.tags }
            if !waiting.contains(.links) { extras.links = marks.links }
            extras.isFavorite = marks.isFavorite
            extras.isArchived = marks.isArchived && waiting.isEmpty
            extras.archivedWith = marks.archivedWith
        }
        for case .field(let field) in waiting { data[field] = nil }
        let content = Content(data, of: draft.type)
        report.items[item].outcome = .created
        add(item, .create(content, extras))
    }

    private mutating func complete(_ item: Int, _ waiting: Set<ImportOrder.Part>) {
        let draft = drafts[item]
        var patch = JSONObject()
        for (name, value) in draft.data where waiting.contains(.field(name)) { patch[name] = value }
        if !patch.isEmpty { add(item, .patch(.object(patch))) }
        guard let marks = draft.marks else { return }
        if waiting.contains(.tags) { add(item, .tag(marks.tags)) }
        if waiting.contains(.links) { for link in marks.links { add(item, .link(link)) } }
    }

    /// Archives an entity alone, as its file has it: others have files that say so of themselves.
    private mutating func archive(_ item: Int) {
        guard let marks = drafts[item].marks, marks.isArchived else { return }
        var restoration = Restoration()
        restoration.archiving = .init(isArchived: true, with: marks.archivedWith)
        add(item, .restore(restoration, content: nil))
    }

    // What is there and may differ

    private mutating func planChanges() {
        var archived: [Int] = []
        let old = drafts.indices.filter { !drafts[$0].isRefused && present[drafts[$0].id] != nil }
        for item in old {
            guard let entity = present[drafts[item].id] else { continue }
            change(item, entity)
            if drafts[item].marks?.isArchived == true, !entity.isArchived, report.items[item].outcome != .refused {
                report.items[item].outcome = .changed
                archived.append(item)
            }
        }
        for item in archived { add(item, .archive) }
        settle()
    }

    private mutating func change(_ item: Int, _ entity: Entity) {
        let draft = drafts[item]
        var wanted = draft.data
        for field in draft.leftOut { wanted[field] = entity.data[field] }
        var actions: [EntityCommand.Action] = []
        if wanted != entity.data {
            guard let patch = JSONValue.object(entity.data).mergePatch(to: .object(wanted)) else {
                return refuse(item, "It holds null inside of an object, which no change can bring about. Leave it out.")
            }
            actions.append(.patch(patch))
        }
        if let marks = draft.marks {
            let (tags, gone) = (
                marks.tags.filter { !entity.tags.contains($0) }, entity.tags.filter { !marks.tags.contains($0) }
            )
            if !gone.isEmpty { actions.append(.untag(gone)) }
            if !tags.isEmpty { actions.append(.tag(tags)) }
            actions += entity.links.filter { !marks.links.contains($0) }.map { .unlink($0) }
            actions += marks.links.filter { !entity.links.contains($0) }.map { .link($0) }
            if marks.isFavorite != entity.isFavorite { actions.append(.favorite(marks.isFavorite)) }
        }
        if entity.isArchived {
            if draft.marks?.isArchived == false {
                actions.insert(.unarchive, at: 0)
            } else if !actions.isEmpty {
                let path = "/api/v2/\(draft.type.collection)/\(draft.id)"
                return refuse(item, "It is archived and cannot be changed. Take it back first: POST \(path)/unarchive.")
            }
        }
        if actions.isEmpty { return }
        report.items[item].outcome = .changed
        for action in actions { add(item, action) }
    }

    private mutating func refuse(_ item: Int, _ reason: String) {
        report.items[item].outcome = .refused
        report.items[item].problems.append(reason)
    }

    /// Archiving takes others along and brings them back, whatever their own files say: so those have the last word.
    private mutating func settle() {
        let movesOthers = steps.contains { step in
            switch step.action {
            case .archive, .unarchive: catalogue.hasDependents(step.type.name)
            default: false
            }
        }
        guard movesOthers else { return }
        for (item, draft) in drafts.enumerated() where report.items[item].outcome != .refused {
            guard let marks = draft.marks, draft.type.references.contains(where: { $0.reference.onArchive == .archive })
            else { continue }
            add(item, marks.isArchived ? .archive : .unarchive, isSettling: true)
        }
    }
}

extension ImportDraft {
    /// Takes away links that lead nowhere.
    mutating func dropLinks(unless isRight: (Entity.Link) -> Bool) {
        for link in marks?.links ?? [] where !isRight(link) {
            note("/links: There is nothing with the id \(link.target). It was left out.")
        }
        marks?.links.removeAll { !isRight($0) }
    }
}
