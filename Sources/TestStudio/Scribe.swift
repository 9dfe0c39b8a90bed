package import Catalogue
package import Entities
import EventLog
package import JSON
package import Postgres
package import Projections
package import System
import Telemetry
import TestSupport

/// Writes histories into a studio, the short way.
package struct Scribe: Sendable {
    package let studio: Studio

    package init(studio: Studio) { self.studio = studio }

    package func type(_ name: String) throws -> EntityType {
        guard let type = studio.catalogue[type: name] else { throw NoType(name: name) }
        return type
    }

    package struct NoType: Error { let name: String }

    package func command(
        _ action: EntityCommand.Action, _ id: UUID, _ type: String, key: String? = nil
    ) throws -> EntityCommand {
        var meta = EventMeta(actor: "admin", command: studio.service.identifiers.next())
        if let key { meta.idempotency = .init(key: key, fingerprint: "f-\(key)") }
        return EntityCommand(action, on: id, of: try self.type(type), meta: meta)
    }

    @discardableResult
    package func create(_ type: String, _ data: JSONObject, tags: [String] = [], key: String? = nil) async throws
        -> UUID
    {
        let id = studio.service.identifiers.next()
        var extras = EntityCommand.Extras()
        extras.tags = tags
        let content = Content(data, of: try self.type(type))
        _ = try await studio.service.writer.submit(command(.create(content, extras), id, type, key: key))
        return id
    }

    package func change(_ id: UUID, _ type: String, _ action: EntityCommand.Action, key: String? = nil) async throws {
        _ = try await studio.service.writer.submit(command(action, id, type, key: key))
    }

    /// A little of everything: versions, tags, references, an archive that takes others along, receipts.
    package func tell(_ characters: Int, from first: Int = 0) async throws {
        for number in first..<first + characters {
            let name = "Jenny number\(number) \(["Ærø", "Zoë", "O'Hara"][number % 3])"
            let id = try await create("character", ["name": .string(name)], tags: ["t\(number % 7)"], key: "k\(number)")
            for step in 0..<number % 4 {
                try await change(id, "character", .patch(["personality": .string("brave word\(number * 10 + step)")]))
            }
            if number % 3 == 0 {
                let image = try await create("image", Self.image)
                try await change(image, "image", .link(.init(target: id, relation: "shows")))
                if number % 2 == 0 {
                    try await change(image, "image", .unlink(.init(target: id, relation: "shows")))
                }
            }
            if number % 5 == 0 { try await change(id, "character", .favorite(true)) }
            if number % 6 == 0 { try await change(id, "character", .archive, key: "a\(number)") }
        }
    }

    package static let image: JSONObject = ["name": "Portrait"]
}

extension Studio {
    package var files: [ProjectionFile] { get throws { try set.files } }

    package var set: ProjectionSet { get throws { try blueprint.set } }

    /// - Parameter small: limits so low that a short history meets all of them.
    package func rebuilder(
        _ pool: PostgresPool? = nil, catalogue: Catalogue? = nil, small: Bool = true
    ) throws -> Rebuilder {
        let blueprint = try Self.blueprint(of: catalogue ?? self.catalogue)
        return Rebuilder(
            set: blueprint.set, fold: blueprint.fold, pool: pool ?? self.pool,
            configuration: small ? Self.small : .init(), logger: .silent)
    }

    package func checker() throws -> Checker {
        Checker(set: try set, fold: try blueprint.fold, pool: pool, configuration: Self.small)
    }

    private static var small: RebuildConfiguration {
        var small = RebuildConfiguration()
        small.eventsPerLaneMin = 10
        small.chunkBytes = 4_000
        small.eventsHeldUpMax = 5
        small.streamsLookedUpMax = 20
        return small
    }

    /// All rows of the projections, as text.
    package func dump(_ schema: String = "live") async throws -> [String: [String]] {
        var dump: [String: [String]] = [:]
        for file in try files {
            dump[file.name] = try await pool.query(
                "dump", "SELECT t::text FROM \(unsafeSQL: "\(schema).\(file.name)") AS t ORDER BY 1"
            ).decode(String.self)
        }
        return dump
    }
}
