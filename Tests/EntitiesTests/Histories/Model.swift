import JSON
import System
import TestStudio

/// What should come of a history, worked out anew with nothing but dictionaries.
struct Model {
    struct Version: Equatable {
        var number: Int
        var position: Int
        var data: [String: JSONValue]
        var isArchived = false
        var archivedWith: UUID?
        var isFavorite = false
        var tags: [String] = []
        /// `relation id`, in order.
        var links: [Link] = []
    }

    struct Link: Equatable {
        let target: UUID
        let relation: String
    }

    struct Reference: Hashable {
        let source: UUID
        let field: String
        let target: UUID
        let position: Int
        let until: Int
    }

    private(set) var position = 0
    private(set) var types: [UUID: String] = [:]
    /// All versions of each, the present one last.
    private(set) var versions: [UUID: [Version]] = [:]
    private(set) var words: [String: Int] = [:]
    private(set) var receipts: [String: (fingerprint: String, id: UUID, version: Int, position: Int)] = [:]
    let tagIDs: [UUID]

    init(tagIDs: [UUID]) { self.tagIDs = tagIDs }

    func id(_ place: Int) -> UUID {
        Cast.types[place] == "tag" ? tagIDs[place - Cast.firstTag] : Cast.id(place)
    }

    func present(_ id: UUID) -> Version? { versions[id]?.last }

    /// The data of a version that a step goes back to.
    func reverted(_ id: UUID, _ number: Int) -> (version: Int, data: [String: JSONValue]) {
        guard let all = versions[id] else { return (1, [:]) }
        let version = all[number % all.count]
        return (version.number, version.data)
    }

    /// Carries out a step and says what its answer is.
    mutating func carryOut(_ step: History.Step) -> String {
        let id = id(step.place)
        let fingerprint = step.isOtherRequest ? "other" : "first"
        if let key = step.key, let receipt = receipts["key\(key)"] {
            return receipt.fingerprint == fingerprint ? "repeated \(receipt.version)" : "keyReused"
        }
        let before = position
        let answer = decide(step, id)
        guard let key = step.key, let present = present(id) else { return answer }
        if position > before {
            receipts["key\(key)"] = (fingerprint, id, present.number, present.position)
        } else if answer.hasPrefix("unchanged") {
            // Said by an event that belongs to no entity.
            position += 1
            receipts["key\(key)"] = (fingerprint, id, present.number, position)
        }
        return answer
    }

    /// The state of what the command names: an id of another type names nothing.
    private func named(_ id: UUID, _ type: String) -> Version? { types[id] == type ? present(id) : nil }

    private mutating func decide(_ step: History.Step, _ id: UUID) -> String {
        let type = step.type
        switch step.action {
        case .create(let data, let tags, let isFavorite, let isArchived):
            if named(id, type) != nil { return "alreadyExists" }
            let fields = plain(data)
            if type == "tag", tagID(fields) != id { return "foreignID" }
            if present(id) != nil { return "idTaken" }
            if !areAllowed(references(type, fields).map { ($0.field, $0.target) }) { return "badReferences" }
            if areTaken(tags, besides: id, type) { return "idTaken" }
            makeTags(tags.filter { tagIDs[$0] != id })
            append(id, type, Version(number: 0, position: 0, data: fields))
            if !tags.isEmpty { change(id) { $0.tags = tags.map(Cast.slug) } }
            if isFavorite { change(id) { $0.isFavorite = true } }
            if isArchived { change(id) { $0.isArchived = true } }
            return said("created", id)
        case .declared(let verb, let data):
            guard let now = named(id, type) else {
                if verb != "started" { return "notFound" }
                if present(id) != nil { return "idTaken" }
                append(id, type, Version(number: 0, position: 0, data: plain(data)))
                return said("created", id)
            }
            if verb == "started" { return "alreadyExists" }
            if step.expects == .stale { return "conflict \(now.number)" }
            let next = merged(now.data, data)
            change(id) { $0.data = next }
            return said("changed", id)
        default: break
        }
        guard let now = named(id, type) else { return "notFound" }
        if step.expects == .stale { return "conflict \(now.number)" }
        switch step.action {
        case .archive:
            if now.isArchived { return said("unchanged", id) }
            for scene in scenes(of: id) where present(scene)?.isArchived == false {
                change(scene) { version in
                    version.isArchived = true
                    version.archivedWith = id
                }
            }
            change(id) { $0.isArchived = true }
            return said("changed", id)
        case .unarchive:
            if !now.isArchived { return said("unchanged", id) }
            for scene in scenes(of: id) where present(scene)?.archivedWith == id { wake(scene) }
            wake(id)
            return said("changed", id)
        default: return now.isArchived ? "archived" : edit(step.action, id, type, now)
        }
    }

    private mutating func edit(_ action: History.Action, _ id: UUID, _ type: String, _ now: Version) -> String {
        switch action {
        case .patch(let patch):
            let data = merged(now.data, patch)
            if data == now.data { return said("unchanged", id) }
            let name = Cast.nameFields[type] ?? "name"
            if data[name] == nil { return "invalid" }
            if type == "tag", tagName(data) != tagName(now.data) { return "fixedName" }
            return replace(id, type, now, data)
        case .revert(let number):
            let data = reverted(id, number).data
            return data == now.data ? said("unchanged", id) : replace(id, type, now, data)
        case .favorite(let wanted): return changed(id, now) { $0.isFavorite = wanted }
        case .tag(let tags):
            let new = tags.map(Cast.slug).filter { !now.tags.contains($0) }
            if areTaken(tags.filter { new.contains(Cast.slug($0)) }, besides: id, type) { return "idTaken" }
            makeTags(tags.filter { new.contains(Cast.slug($0)) })
            return changed(id, now) { $0.tags += new }
        case .untag(let tags): return changed(id, now) { $0.tags.removeAll { tags.map(Cast.slug).contains($0) } }
        case .link(let place, let relation):
            let link = Link(target: self.id(place), relation: relation)
            if now.links.contains(link) { return said("unchanged", id) }
            if present(link.target) == nil { return "badReferences" }
            return changed(id, now) { $0.links.append(link) }
        case .unlink(let place, let relation):
            let link = Link(target: self.id(place), relation: relation)
            return changed(id, now) { $0.links.removeAll { $0 == link } }
        case .create, .declared, .archive, .unarchive: return "impossible"
        }
    }

    private mutating func replace(
        _ id: UUID, _ type: String, _ now: Version, _ data: [String: JSONValue]
    ) -> String {
        let known = references(type, now.data).map { [$0.field, $0.target.description] }
        let new = references(type, data).filter { !known.contains([$0.field, $0.target.description]) }
        if !areAllowed(new.map { ($0.field, $0.target) }) { return "badReferences" }
        change(id) { $0.data = data }
        return said("changed", id)
    }

    private func tagName(_ data: [String: JSONValue]) -> String {
        (data["name"]?.string ?? "").lowercased().split { " ,".contains($0) }.joined(separator: "-")
    }

    private func said(_ what: String, _ id: UUID) -> String { "\(what) \(present(id)?.number ?? 0)" }

    private mutating func changed(_ id: UUID, _ now: Version, _ body: (inout Version) -> Void) -> String {
        var next = now
        body(&next)
        if next == now { return said("unchanged", id) }
        change(id, body)
        return said("changed", id)
    }

    private mutating func wake(_ id: UUID) {
        change(id) { version in
            version.isArchived = false
            version.archivedWith = nil
        }
    }

    private mutating func change(_ id: UUID, _ body: (inout Version) -> Void) {
        guard var next = present(id), let type = types[id] else { return }
        body(&next)
        append(id, type, next)
    }

    private mutating func append(_ id: UUID, _ type: String, _ version: Version) {
        position += 1
        var version = version
        version.number += 1
        version.position = position
        types[id] = type
        versions[id, default: []].append(version)
        for field in Cast.searched[type] ?? [] {
            let text = version.data[field]?.string ?? ""
            for word in text.lowercased().split(whereSeparator: { " ,".contains($0) }) where words[String(word)] == nil
            {
                words[String(word)] = position
            }
        }
    }

    private func tagID(_ data: [String: JSONValue]) -> UUID? {
        tagIDs.indices.first { Cast.slug($0) == tagName(data) }.map { tagIDs[$0] }
    }

    /// Whether a tag cannot come into being, since something else has its id.
    private func areTaken(_ tags: [Int], besides id: UUID, _ type: String) -> Bool {
        tags.contains { tag in
            let own = tagIDs[tag]
            return own == id ? type != "tag" : types[own].map { $0 != "tag" } ?? false
        }
    }

    private mutating func makeTags(_ tags: [Int]) {
        for tag in tags where present(tagIDs[tag]) == nil {
            append(tagIDs[tag], "tag", Version(number: 0, position: 0, data: ["name": .string(Cast.slug(tag))]))
        }
    }

    /// In the order they came into being.
    private func scenes(of story: UUID) -> [UUID] {
        versions.filter { id, all in
            types[id] == "story_scene" && all.last?.data["story"]?.string == story.description
        }.sorted { ($0.value.first?.position ?? 0) < ($1.value.first?.position ?? 0) }.map(\.key)
    }
}

extension Model {
    private func plain(_ data: JSONObject) -> [String: JSONValue] {
        Dictionary(data.map { ($0.key, $0.value) }) { first, _ in first }
    }

    private func merged(_ data: [String: JSONValue], _ patch: JSONObject) -> [String: JSONValue] {
        var data = data
        for (name, value) in patch { data[name] = value == .null ? nil : value }
        return data
    }

    private func areAllowed(_ references: [(field: String, target: UUID)]) -> Bool {
        references.allSatisfy { field, target in
            guard let type = types[target] else { return false }
            switch field {
            case "characters", "character": return type == "character"
            case "story": return type == "story"
            default: return true
            }
        }
    }

    func references(_ type: String, _ data: [String: JSONValue]) -> [(field: String, target: UUID)] {
        var found: [(field: String, target: UUID)] = []
        for field in ["story", "character"] {
            if let target = data[field]?.string.flatMap({ UUID($0) }) { found.append((field, target)) }
        }
        for target in data["characters"]?.array ?? [] {
            if let id = target.string.flatMap({ UUID($0) }) { found.append(("characters", id)) }
        }
        for layer in data["layers"]?.array ?? [] {
            if let id = layer["entity"]?.string.flatMap({ UUID($0) }) { found.append(("layers.entity", id)) }
        }
        return found
    }

    /// Who pointed to whom, from where until where.
    var intervals: Set<Reference> {
        var all: Set<Reference> = []
        for (id, versions) in versions {
            var open: [[String]: (field: String, target: UUID, position: Int)] = [:]
            for version in versions {
                let links = version.links.map { (field: "links.\($0.relation)", target: $0.target) }
                let now = references(types[id] ?? "", version.data) + links
                let keys = Set(now.map { [$0.field, $0.target.description] })
                for (key, past) in open where !keys.contains(key) {
                    all.insert(
                        .init(
                            source: id, field: past.field, target: past.target, position: past.position,
                            until: version.position))
                    open[key] = nil
                }
                for (field, target) in now where open[[field, target.description]] == nil {
                    open[[field, target.description]] = (field, target, version.position)
                }
            }
            for past in open.values {
                all.insert(
                    .init(
                        source: id, field: past.field, target: past.target, position: past.position,
                        until: Int(Int64.max)))
            }
        }
        return all
    }
}
