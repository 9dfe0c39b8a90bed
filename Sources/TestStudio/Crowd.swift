import Catalogue
package import Entities
import EventLog
package import JSON
package import Postgres
package import System
package import TestSupport

/// Several people who work on the same few entities.
package struct Crowd {
    package let studio: Studio
    package static let actors = ["ada", "ben"]

    package init(studio: Studio) { self.studio = studio }

    /// - Parameter correlation: what the command belongs to; itself where none is given.
    @discardableResult
    package func act(
        _ actor: String, _ action: EntityCommand.Action, on id: UUID, _ type: String, correlation: UUID? = nil
    ) async throws -> UUID {
        var meta = EventMeta(actor: actor, command: studio.service.identifiers.next())
        if let correlation { meta.correlation = correlation }
        let command = EntityCommand(action, on: id, of: try Scribe(studio: studio).type(type), meta: meta)
        _ = try await studio.service.writer.submit(command)
        return meta.command
    }

    @discardableResult
    package func create(
        _ actor: String, _ type: String, _ data: JSONObject, correlation: UUID? = nil
    ) async throws -> UUID {
        let id = studio.service.identifiers.next()
        let content = Content(data, of: try Scribe(studio: studio).type(type))
        try await act(actor, .create(content), on: id, type, correlation: correlation)
        return id
    }

    /// Random commands; those that are refused leave nothing.
    package func live(_ count: Int, using random: inout SeededRandom) async throws {
        for _ in 0..<count {
            let place = Int.random(in: 0..<Cast.firstTag, using: &random)
            let type = Cast.types[place]
            let action = try self.action(on: place, type, using: &random)
            do {
                try await act(Self.actors.randomElement(using: &random) ?? "", action, on: Cast.id(place), type)
            } catch is Rejection {}
        }
    }

    private func action(
        on place: Int, _ type: String, using random: inout SeededRandom
    ) throws -> EntityCommand.Action {
        func tags() -> [String] { (0..<3).filter { _ in Bool.random(using: &random) }.map(Cast.slug) }
        func link() -> Entity.Link {
            .init(
                target: Cast.id(Int.random(in: 0..<Cast.firstTag, using: &random)),
                relation: ["shows", "wears"].randomElement(using: &random) ?? "")
        }
        switch Int.random(in: 0..<16, using: &random) {
        case 0...3:
            var extras = EntityCommand.Extras()
            extras.tags = tags()
            let content = Content(Cast.data(of: place, using: &random), of: try Scribe(studio: studio).type(type))
            return .create(content, extras)
        case 4...7: return .patch(.object(Cast.patch(of: place, using: &random)))
        case 8: return .archive
        case 9, 10: return .unarchive
        case 11: return .favorite(Bool.random(using: &random))
        case 12: return .tag(tags())
        case 13: return .untag(tags())
        case 14: return .link(link())
        default: return .unlink(link())
        }
    }

    /// What people can change of every entity there is, as of a position.
    package func states(at position: Int? = nil) async throws -> [UUID: JSONValue] {
        try await Self.states(in: studio.pool, at: position)
    }

    package static func states(in pool: PostgresPool, at position: Int? = nil) async throws -> [UUID: JSONValue] {
        let until = Int64(position ?? .max - 1)
        let rows = try await pool.query(
            "test_states",
            """
            SELECT id, document FROM live.entities WHERE position <= \(until) AND type <> 'operation'
            UNION ALL SELECT id, document FROM live.entity_versions
            WHERE position <= \(until) AND until_position > \(until) AND type <> 'operation'
            """
        ).decode(UUID.self, JSONBytes.self)
        var states: [UUID: JSONValue] = [:]
        for (id, document) in rows {
            let json = try JSONValue(parsing: document.bytes)
            var state = JSONObject()
            for name in ["data", "archived", "archived_with", "favorite", "tags", "links"] { state[name] = json[name] }
            states[id] = .object(state)
        }
        return states
    }

    package func head() async throws -> Int { try await EventReader(pool: studio.pool).head().position }
}
