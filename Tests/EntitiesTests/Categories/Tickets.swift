import Commands
import Entities
import EventLog
import JSON
import Postgres
import Projections
import System

/// A category that is no entity: tickets are opened, then closed, and have a table of their own.
struct TicketCommand: LogCommand {
    enum Action: Sendable, Equatable {
        case open(String)
        case close
    }

    let id: UUID
    let action: Action
    var meta: EventMeta
    var category: String { "ticket" }
    var byteCount: Int { 100 }

    struct Answer: CommandAnswer, Equatable {
        let state: String
        let version: Int
        var isRepeated = false

        static func repeated(version: Int, id: UUID) -> Answer {
            Answer(state: version == 1 ? "open" : "closed", version: version, isRepeated: true)
        }
    }

    enum Refusal: CommandRejection, Equatable {
        case isThere
        case missing
        case closed
    }
}

/// A ticket as it stands after its events.
struct Ticket: Sendable, Equatable {
    let id: UUID
    let title: String
    var state: String
    var version: Int

    static func after(_ verb: Substring, _ data: JSONValue, on ticket: Ticket?, id: UUID, version: Int) -> Ticket? {
        if verb == "opened" {
            return Ticket(id: id, title: data["title"]?.string ?? "", state: "open", version: version)
        }
        guard var ticket else { return nil }
        ticket.state = "closed"
        ticket.version = version
        return ticket
    }
}

struct TicketProjector: StreamProjector {
    let table: Table<Ticket> = Self.table
    var copied = CopyRows()
    private var tickets: [UUID: Ticket] = [:]

    static let table: Table<Ticket> = Table(
        "tickets", writtenBy: "tickets_write",
        [
            Column("id") { $0.id },
            Column("title") { $0.title },
            Column("state") { $0.state },
            Column("version") { Int32($0.version) },
        ], key: ["id"], streamColumn: "id", onConflict: .replace)

    static var file: ProjectionFile {
        get throws {
            try ProjectionFile(
                name: "tickets",
                text: """
                    -- Tickets. Rebuilt from their streams.
                    -- part: table
                    CREATE TABLE live.tickets ({columns});
                    -- part: indexes
                    ALTER TABLE live.tickets ADD PRIMARY KEY (id);
                    """)
        }
    }

    mutating func apply(_ ticket: Ticket) { tickets[ticket.id] = ticket }

    func write(into batch: inout Batch) {
        if !tickets.isEmpty { batch.add(table.query, table.insert(tickets.values.sorted { $0.id < $1.id })) }
    }

    mutating func takeStreamRows() -> [Ticket] {
        defer { tickets = [:] }
        return Array(tickets.values)
    }
}

struct TicketFold: StreamFold {
    var list: ProjectorList<Ticket>
    let skipped = SkippedEvents()
    private var ticket: Ticket?

    init(_ scope: FoldScope) { list = ProjectorList([TicketProjector()]).only(scope.tables) }

    mutating func apply(_ event: FoldedEvent) throws {
        ticket = Ticket.after(
            event.type.split(separator: ".")[1], try JSONValue(parsing: event.data), on: ticket, id: event.stream,
            version: event.version)
        if let ticket { list.apply(ticket) }
    }

    mutating func endStream() {
        list.endStream()
        ticket = nil
    }
}

struct TicketCategory: CommandCategory {
    static let declaration = CategoryDeclaration(tables: [TicketProjector.table.shape]) { _ throws(ProjectionError) in
        TicketCategory()
    }

    var fold: FoldPart {
        FoldPart(.categories(["ticket"]), tables: [TicketProjector.table.shape]) { TicketFold($0) }
    }

    func load(_ commands: [TicketCommand], leadingCount: Int, into batch: inout Batch) {
        batch.add(
            "tickets_load",
            "SELECT id, title, state, version FROM live.tickets WHERE id = ANY(\(commands.map(\.id))) ORDER BY id")
    }

    func scene(
        for commands: [TicketCommand], leadingCount: Int, _ loaded: inout ArraySlice<Rows>
    ) throws -> TicketScene {
        var scene = TicketScene()
        for (id, title, state, version) in try loaded.removeFirst().decode(
            UUID.self, String.self, String.self, Int32.self)
        {
            scene.tickets[id] = Ticket(id: id, title: title, state: state, version: Int(version))
        }
        return scene
    }
}

struct TicketScene: CommandScene {
    var tickets: [UUID: Ticket] = [:]
    private var changed: [Ticket] = []

    mutating func decide(
        _ command: TicketCommand, on connection: isolated Connection, _ log: inout AppendBuffer
    ) throws -> TicketCommand.Answer {
        let ticket = tickets[command.id]
        let (verb, data): (Substring, JSONValue)
        switch command.action {
        case .open(let title):
            if ticket != nil { throw TicketCommand.Refusal.isThere }
            (verb, data) = ("opened", ["title": .string(title)])
        case .close:
            guard let ticket else { throw TicketCommand.Refusal.missing }
            if ticket.state == "closed" { throw TicketCommand.Refusal.closed }
            (verb, data) = ("closed", [:])
        }
        let event = log.append(
            EventDraft(
                stream: command.id, version: (ticket?.version ?? 0) + 1, category: "ticket", type: "ticket.\(verb)",
                schemaVersion: 1, data: data.encoded(), meta: command.meta.encoded()))
        guard let next = Ticket.after(verb, data, on: ticket, id: command.id, version: event.version) else {
            throw TicketCommand.Refusal.missing
        }
        tickets[command.id] = next
        changed.append(next)
        return .init(state: next.state, version: next.version)
    }

    func write(into batch: inout Batch) {
        var list = ProjectorList([TicketProjector()])
        for ticket in changed { list.apply(ticket) }
        list.write(into: &batch)
    }
}
