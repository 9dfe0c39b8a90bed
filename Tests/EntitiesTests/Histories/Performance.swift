import Catalogue
import Commands
import Entities
import EventLog
import JSON
import Postgres
import Projections
import System
import TestStudio

/// A history carried out by the service and by the model at once.
struct Performance {
    private let studio: Studio
    private var model: Model

    /// Carries out one round after the other in turn; one is the studio's own.
    private var services: [EntityService] = []
    private var roundCount = 0

    /// What differs first; nil where all is as the model says.
    static func difference(_ history: History, commandsPerBatchMax: Int) async throws -> String? {
        var configuration = CommandWriterConfiguration()
        configuration.commandsPerBatchMax = commandsPerBatchMax
        return try await Studio.with(configuration: configuration) { studio in
            do {
                return try await Node.with(studio) { node in
                    var performance = try Performance(studio)
                    performance.services.append(node.service)
                    return try await performance.play(history)
                }
            } catch {
                return "an error: \(error)"
            }
        }
    }

    private init(_ studio: Studio) throws {
        self.studio = studio
        services = [studio.service]
        let tag = try Scribe(studio: studio).type("tag")
        model = Model(tagIDs: (0..<3).map { tag.derivedID(slug: Cast.slug($0)) })
    }

    private mutating func play(_ history: History) async throws -> String? {
        var round: [(step: History.Step, command: EntityCommand, expected: String)] = []
        for step in history.steps {
            if step.startsRound, !round.isEmpty {
                if let difference = try await submit(round) { return difference }
                round = []
            }
            let command = try command(step)
            round.append((step, command, model.carryOut(step)))
        }
        if let difference = try await submit(round) { return difference }
        if let difference = try await compareTables() { return difference }
        return try await compareRebuilt()
    }

    private mutating func submit(
        _ round: [(step: History.Step, command: EntityCommand, expected: String)]
    ) async throws -> String? {
        let service = services[roundCount % services.count]
        roundCount += 1
        let results = try await service.writer.submit(round.map(\.command))
        for (asked, result) in zip(round, results) {
            let answer = Self.told(result)
            if answer != asked.expected { return "\(asked.step) gave `\(answer)`, not `\(asked.expected)`" }
        }
        return nil
    }

    private static func told(_ result: Result<EntityAnswer, any Error>) -> String {
        switch result {
        case .success(.created(let changed)): "created \(changed.entity.version)"
        case .success(.changed(let changed)): "changed \(changed.entity.version)"
        case .success(.unchanged(let changed)): "unchanged \(changed.entity.version)"
        case .success(.repeated(let version, _)): "repeated \(version)"
        case .failure(is KeyReused): "keyReused"
        case .failure(Rejection.conflict(let version)): "conflict \(version)"
        case .failure(let rejection as Rejection): String("\(rejection)".prefix { $0 != "(" })
        case .failure(let error): "\(error)"
        }
    }

    private func command(_ step: History.Step) throws -> EntityCommand {
        let id = model.id(step.place)
        let type = try Scribe(studio: studio).type(step.type)
        let action: EntityCommand.Action
        switch step.action {
        case .create(let data, let tags, let isFavorite, let isArchived):
            var extras = EntityCommand.Extras()
            extras.tags = tags.map(Cast.slug)
            extras.isFavorite = isFavorite
            extras.isArchived = isArchived
            action = .create(Content(data, of: type), extras)
        case .patch(let patch): action = .patch(.object(patch))
        case .archive: action = .archive
        case .unarchive: action = .unarchive
        case .favorite(let wanted): action = .favorite(wanted)
        case .tag(let tags): action = .tag(tags.map(Cast.slug))
        case .untag(let tags): action = .untag(tags.map(Cast.slug))
        case .link(let place, let relation): action = .link(.init(target: model.id(place), relation: relation))
        case .unlink(let place, let relation): action = .unlink(.init(target: model.id(place), relation: relation))
        case .revert(let number):
            let (version, data) = model.reverted(id, number)
            let object = JSONObject(data.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            action = .revert(toVersion: version, content: Content(object, of: type))
        case .declared(let verb, let data): action = .declared(verb: verb, .object(data))
        }
        var meta = EventMeta(actor: "admin", command: studio.service.identifiers.next())
        if let key = step.key {
            meta.idempotency = .init(key: "key\(key)", fingerprint: step.isOtherRequest ? "other" : "first")
        }
        var command = EntityCommand(action, on: id, of: type, meta: meta)
        switch step.expects {
        case .any: break
        case .current: command.expected = [model.present(id)?.number ?? 1]
        case .stale: command.expected = [1_000_000]
        }
        command.isFresh = model.present(id) == nil && type.uniqueBy == nil && step.typePlace == nil
        return command
    }
}

/// How the tables are compared with the model.
extension Performance {
    private func compareTables() async throws -> String? {
        let rows = try await studio.pool.query(
            "compare_versions",
            """
            SELECT id, type, version, position, until_position, created_position, archived, favorite, tags, name, document
            FROM live.entity_versions
            UNION ALL SELECT id, type, version, position, \(Int64.max), created_position, archived, favorite, tags, name,
                document FROM live.entities
            """
        ).decode(
            UUID.self, String.self, Int32.self, Int64.self, Int64.self, Int64.self, Bool.self, Bool.self,
            [String].self, String.self, JSONBytes.self)
        let expected = model.versions.values.reduce(0) { $0 + $1.count }
        if rows.count != expected { return "\(rows.count) versions, not \(expected)" }
        for row in rows {
            let (id, type, version, position, until, created, archived, favorite, tags, name, document) = row
            let place = "version \(version) of \(type) \(id)"
            guard let all = model.versions[id], all.indices.contains(Int(version) - 1) else { return "\(place) exists" }
            let wanted = all[Int(version) - 1]
            let next = all.indices.contains(Int(version)) ? all[Int(version)].position : Int(Int64.max)
            if Int(position) != wanted.position || Int(until) != next || Int(created) != all[0].position {
                return "\(place) is from \(position) until \(until), not \(wanted.position) until \(next)"
            }
            if archived != wanted.isArchived || favorite != wanted.isFavorite || tags != wanted.tags
                || name != wanted.data[Cast.nameFields[type] ?? "name"]?.string
            {
                return "\(place) has columns \(archived) \(favorite) \(tags) \(name), not \(wanted)"
            }
            let json = try JSONValue(parsing: document.bytes)
            if json != self.document(of: id, type, wanted, json) { return "\(place) is \(json), not \(wanted)" }
        }
        return try await compareReferences()
    }

    /// The times are the log's, so they are taken over.
    private func document(of id: UUID, _ type: String, _ version: Model.Version, _ json: JSONValue) -> JSONValue {
        var document: JSONObject = [
            "id": .string(id.description), "type": .string(type), "version": .integer(version.number),
            "position": .integer(version.position), "archived": .bool(version.isArchived),
            "favorite": .bool(version.isFavorite), "tags": .array(version.tags.map { .string($0) }),
            "links": .array(
                version.links.map { ["to": .string($0.target.description), "relation": .string($0.relation)] }),
            "data": .object(JSONObject(version.data.map { ($0.key, $0.value) })),
        ]
        document["archived_with"] = version.archivedWith.map { .string($0.description) }
        document["created_at"] = json["created_at"]
        document["updated_at"] = json["updated_at"]
        return .object(document)
    }

    private func compareReferences() async throws -> String? {
        let references = try await studio.pool.query(
            "compare_references",
            "SELECT source, field, target, position, until_position FROM live.entity_references"
        ).decode(UUID.self, String.self, UUID.self, Int64.self, Int64.self).map {
            Model.Reference(source: $0, field: $1, target: $2, position: Int($3), until: Int($4))
        }
        let wanted = model.intervals
        if references.count != wanted.count || Set(references) != wanted {
            let differing = Set(references).symmetricDifference(wanted)
            return "these references differ, of \(references.count) and \(wanted.count): \(differing)"
        }
        let words = try await studio.pool.query("compare_words", "SELECT word, position FROM live.words")
            .decode(String.self, Int64.self)
        let found = Dictionary(words.map { ($0, Int($1)) }) { first, _ in first }
        if found != model.words {
            let differing = Set(found.keys).union(model.words.keys).filter { found[$0] != model.words[$0] }
            return "these words differ: \(differing.map { "\($0) \(found[$0] ?? 0) \(model.words[$0] ?? 0)" })"
        }
        let receipts = try await studio.pool.query(
            "compare_receipts", "SELECT key, fingerprint, id, version, position FROM live.receipts"
        ).decode(String.self, String.self, UUID.self, Int32.self, Int64.self)
        let texts = Set(receipts.map { "\($0) \($1) \($2) \($3) \($4)" })
        let wantedTexts = Set(
            model.receipts.map { "\($0) \($1.fingerprint) \($1.id) \($1.version) \($1.position)" })
        return texts == wantedTexts ? nil : "these receipts differ: \(texts.symmetricDifference(wantedTexts))"
    }

    private func compareRebuilt() async throws -> String? {
        let check = try await studio.checker().check()
        if !check.isClean { return "the check says: \(check.projections.filter { !$0.isSame })" }
        let before = try await studio.dump()
        try await studio.rebuilder().rebuild()
        let after = try await studio.dump()
        for (name, rows) in before where after[name] != rows {
            let rebuilt = Set(after[name] ?? [])
            return "\(name) was rebuilt otherwise: \(rebuilt.symmetricDifference(rows).sorted().prefix(4))"
        }
        return nil
    }
}
