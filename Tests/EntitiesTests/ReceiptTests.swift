import Commands
import Entities
import EventLog
import JSON
import Postgres
import Projections
import System
import TestStudio
import TestSupport
import Testing

/// A retry gets the first answer, whatever others have done since.
@Suite struct ReceiptTests {
    /// A patch that changed nothing left no receipt, so its retry overwrote what somebody else had written in between.
    @Test func theRetryOfACommandThatChangedNothingChangesNothing() async throws {
        try await Studio.with { studio in
            try await Node.with(studio) { node in
                let scribe = Scribe(studio: studio)
                let id = try await scribe.create("character", ["name": "Ada", "occupation": "bees"])
                func patch(_ text: String, key: String?, on service: EntityService) async throws -> EntityAnswer {
                    try await service.writer.submit(
                        scribe.command(.patch(["occupation": .string(text)]), id, "character", key: key))
                }
                guard case .unchanged(let first) = try await patch("bees", key: "r", on: studio.service) else {
                    Issue.record("the patch says what is so already")
                    return
                }
                #expect(first.entity.version == 1)
                _ = try await patch("lighthouse", key: nil, on: studio.service)
                // On this node, on another, and after everything was rebuilt from the log.
                for service in [studio.service, node.service] {
                    try await expectRepeated(patch("bees", key: "r", on: service))
                }
                try await studio.rebuilder().rebuild()
                try await expectRepeated(patch("bees", key: "r", on: node.service))
                #expect(try await studio.checker().check().isClean)
                let versions = try await studio.pool.query(
                    "versions", "SELECT version FROM live.entities WHERE id = \(id)"
                ).only(Int.self)
                #expect(versions == 2)
            }
        }
    }

    private func expectRepeated(_ answer: EntityAnswer) {
        guard case .repeated(version: 1, _) = answer else {
            Issue.record("\(answer) instead of the first answer")
            return
        }
    }

    @Test func aRefusedCommandIsDecidedAgain() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            let id = studio.service.identifiers.next()
            let command = try scribe.command(.favorite(true), id, "character", key: "k")
            await #expect(throws: Rejection.self) { _ = try await studio.service.writer.submit(command) }
            #expect(studio.committed.events.isEmpty)
        }
    }
}
