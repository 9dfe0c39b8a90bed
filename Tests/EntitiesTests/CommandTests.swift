import Catalogue
import Commands
import Entities
import EventLog
import JSON
import System
import TestStudio
import TestSupport
import Testing

@Suite struct CommandTests {
    @Test func aCreatedEntityIsAnswered() async throws {
        try await Studio.with { studio in
            let type = try #require(studio.catalogue[type: "character"])
            let id = studio.service.identifiers.next()
            let content = Content(["name": "Jenny"], of: type)
            let meta = EventMeta(actor: "admin", command: studio.service.identifiers.next())
            var command = EntityCommand(.create(content), on: id, of: type, meta: meta)
            command.isFresh = true
            let answer = try await studio.service.writer.submit(command)
            guard case .created(let changed) = answer else {
                Issue.record("\(answer)")
                return
            }
            #expect(changed.entity.version == 1)
            #expect(changed.entity.position == 1)
            let patched = try await studio.service.writer.submit(
                EntityCommand(.patch(["personality": "brave"]), on: id, of: type, meta: meta))
            guard case .changed(let second) = patched else {
                Issue.record("\(patched)")
                return
            }
            #expect(second.entity.version == 2)
            let tagged = try await studio.service.writer.submit(
                EntityCommand(.tag(["gothic"]), on: id, of: type, meta: meta))
            guard case .changed(let third) = tagged else {
                Issue.record("\(tagged)")
                return
            }
            #expect(third.entity.tags == ["gothic"])
            #expect(studio.committed.events.count == 4)
        }
    }

    /// Each patch is within the limits of a request; together they would make what nobody could read again.
    @Test func patchAfterPatchDoesNotGrowWithoutLimit() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            let id = try await scribe.create("hair_style", ["name": "Endless braid"])
            let length = String(repeating: "long ", count: 180_000)
            var refused: Rejection?
            for number in 1...6 {
                do {
                    try await scribe.change(
                        id, "hair_style", .patch(["style_data": .object(["part \(number)": .string(length)])]))
                } catch let rejection as Rejection {
                    refused = refused ?? rejection
                }
            }
            guard case .tooLarge? = refused else {
                Issue.record("\(String(describing: refused)) instead of too large")
                return
            }
            let reader = EntityReader(pool: studio.pool, catalogue: studio.catalogue)
            let document = try #require(try await reader.find(id, of: try scribe.type("hair_style")))
            #expect(try JSONValue(parsing: document)["version"]?.integer == 5)
        }
    }
}
