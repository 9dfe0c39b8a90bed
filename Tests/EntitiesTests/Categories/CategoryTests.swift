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

/// One writer takes commands of every category, each with its own states and tables, alone or together.
@Suite struct CategoryTests {
    private func withTickets(_ body: (Studio) async throws -> Void) async throws {
        try await Studio.with(
            extend: { try $0.with(TicketCategory.declaration, [TicketProjector.file]) }, body)
    }

    private func ticket(
        _ studio: Studio, _ id: UUID, _ action: TicketCommand.Action, key: String? = nil
    ) -> TicketCommand {
        var meta = EventMeta(actor: "admin", command: studio.service.identifiers.next())
        if let key { meta.idempotency = .init(key: key, fingerprint: "\(action)") }
        return TicketCommand(id: id, action: action, meta: meta)
    }

    private func character(_ studio: Studio, _ name: String, id: UUID? = nil) throws -> EntityCommand {
        let scribe = Scribe(studio: studio)
        let content = Content(["name": .string(name)], of: try scribe.type("character"))
        return try scribe.command(.create(content), id ?? studio.service.identifiers.next(), "character")
    }

    private func states(_ studio: Studio) async throws -> [String] {
        try await studio.pool.query("tickets", "SELECT title || ' ' || state FROM live.tickets ORDER BY 1").decode(
            String.self)
    }

    private func check(_ studio: Studio) async throws {
        let before = try await studio.dump()
        let report = try await studio.checker().check()
        #expect(report.isClean, "\(report.projections.filter { !$0.isSame })")
        #expect(report.skipped.isEmpty)
        try await studio.rebuilder().rebuild()
        #expect(try await studio.dump() == before)
    }

    @Test func aCategoryHasItsOwnStatesTableAndAnswers() async throws {
        try await withTickets { studio in
            let (writer, id) = (studio.service.writer, studio.service.identifiers.next())
            let opened = try await writer.submit(ticket(studio, id, .open("Lamp"), key: "k"))
            #expect(opened == .init(state: "open", version: 1))
            let again = try await writer.submit(ticket(studio, id, .open("Lamp"), key: "k"))
            #expect(again == .init(state: "open", version: 1, isRepeated: true))
            await #expect(throws: KeyReused.self) {
                try await writer.submit(ticket(studio, id, .close, key: "k"))
            }
            let closed = try await writer.submit(ticket(studio, id, .close))
            #expect(closed == .init(state: "closed", version: 2))
            await #expect(throws: TicketCommand.Refusal.closed) {
                try await writer.submit(ticket(studio, id, .close))
            }
            #expect(try await states(studio) == ["Lamp closed"])
            try await Scribe(studio: studio).tell(6)
            try await check(studio)
        }
    }

    @Test func commandsOfSeveralCategoriesHappenTogetherOrNotAtAll() async throws {
        try await withTickets { studio in
            let (writer, id) = (studio.service.writer, studio.service.identifiers.next())
            let ada = studio.service.identifiers.next()
            let (opened, created) = try await writer.submitTogether(
                ticket(studio, id, .open("Portrait")), try character(studio, "Ada", id: ada))
            #expect(opened.state == "open")
            #expect(created.version == 1)
            let events = studio.committed.events
            #expect(events.map(\.category) == ["ticket", "character"])
            // The second is refused, so the first did not happen either: neither its event nor its row.
            await #expect(throws: Rejection.self) {
                try await writer.submitTogether(
                    ticket(studio, id, .close), try character(studio, "Another Ada", id: ada))
            }
            #expect(studio.committed.events.count == events.count)
            #expect(try await states(studio) == ["Portrait open"])
            // What the first does, the second sees.
            await #expect(throws: TicketCommand.Refusal.closed) {
                try await writer.submitTogether([ticket(studio, id, .close), ticket(studio, id, .close)])
            }
            let other = studio.service.identifiers.next()
            let answers = try await writer.submitTogether([
                ticket(studio, other, .open("Elsewhere")), ticket(studio, id, .close),
            ])
            #expect(answers.map(\.state) == ["open", "closed"])
            try await check(studio)
        }
    }

    /// Neighbours of a refused group, in the same batch, are as if it had never been there.
    @Test func aGroupThatIsRefusedLeavesItsNeighboursAlone() async throws {
        try await withTickets { studio in
            let writer = studio.service.writer
            let shared = studio.service.identifiers.next()
            _ = try await writer.submit(ticket(studio, shared, .open("Shared")))
            var groups: [Task<Bool, any Error>] = []
            for number in 0..<60 {
                groups.append(
                    Task {
                        do {
                            // Only one of them can close it; whoever does not, leaves no ticket of its own.
                            _ = try await writer.submitTogether(
                                ticket(studio, studio.service.identifiers.next(), .open("n\(number)")),
                                try character(studio, "Number \(number)"), ticket(studio, shared, .close))
                            return true
                        } catch TicketCommand.Refusal.closed { return false }
                    })
                groups.append(
                    Task {
                        _ = try await writer.submit(try character(studio, "Neighbour \(number)"))
                        return false
                    })
            }
            var winners = 0
            for group in groups where try await group.value { winners += 1 }
            #expect(winners == 1)
            #expect(try await states(studio).count == 2)
            let characters = try await studio.pool.query(
                "characters", "SELECT count(*) FROM live.entities WHERE type = 'character'"
            ).only(Int.self)
            #expect(characters == 61)
            try await check(studio)
        }
    }

    /// What archiving takes along is asked of the database, which knows nothing yet of the commands before.
    @Test func whatLooksFurtherHasToComeFirst() async throws {
        try await withTickets { studio in
            let scribe = Scribe(studio: studio)
            let story = try await scribe.create("story", ["title": "The sea"])
            let archive = try scribe.command(.archive, story, "story")
            let id = studio.service.identifiers.next()
            await #expect(throws: MustComeFirst.self) {
                try await studio.service.writer.submitTogether(ticket(studio, id, .open("Late")), archive)
            }
            _ = try await studio.service.writer.submitTogether(archive, ticket(studio, id, .open("Late")))
            #expect(try await states(studio) == ["Late open"])
            try await check(studio)
        }
    }

    /// A group repeated under its keys gets its first answers, and does nothing.
    @Test func aRepeatedGroupGetsItsFirstAnswers() async throws {
        try await withTickets { studio in
            let (writer, id) = (studio.service.writer, studio.service.identifiers.next())
            func submit() async throws -> [TicketCommand.Answer] {
                let actions: [TicketCommand.Action] = [.open("Twice"), .close]
                let commands = actions.enumerated().map { part, action in
                    var command = ticket(studio, id, action)
                    command.meta.idempotency = .init(key: "group", fingerprint: "f", part: part)
                    return command
                }
                return try await writer.submitTogether(commands)
            }
            #expect(try await submit().map(\.isRepeated) == [false, false])
            let events = studio.committed.events.count
            #expect(try await submit().map(\.isRepeated) == [true, true])
            #expect(studio.committed.events.count == events)
            try await check(studio)
        }
    }
}
