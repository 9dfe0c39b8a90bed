import EventLog
import JSON
import Postgres
import System

/// The smallest handler that has everything: a total for each stream, kept in a table that refuses what is below zero.
final class Counters: CommandHandler {
    struct Command: Sendable {
        enum Wish: Sendable {
            case add(Int)
            /// Is turned down by the handler.
            case reject
            /// Is turned down by the database, when it is read for.
            case loadNonsense
            /// Makes the handler throw.
            case crash
            /// Leaves nothing to write.
            case nothing
            /// Has to begin a batch.
            case alone
            /// Adds one, and has nothing read for it: its stream must be new.
            case blind
        }
        var stream: UUID
        var wish: Wish
        var actor = "tester"
        var correlation: UUID?
        var bytes = 0
    }

    struct Total: Sendable, Equatable {
        var value: Int
        var version: Int
        var position: Int
    }

    struct Rejection: Error {}
    struct Crash: Error {}

    static let schema = """
        CREATE TABLE counters (
            stream uuid PRIMARY KEY, value int NOT NULL CHECK (value >= 0), version int NOT NULL
        );
        """

    /// Whether totals are read: commands on new streams need none, and a batch that reads nothing is appended by the writer in
    /// one round trip.
    private let reads: Bool

    init(reads: Bool = true) { self.reads = reads }

    /// How many commands each batch had, in order.
    let batchSizes = Lock<[Int]>([])
    /// Runs at the begin of each decision, with the head locked.
    let beforeDeciding = Lock<(@Sendable (isolated Connection) throws -> Void)?>(nil)
    /// More are left to the next transaction; nil for any number.
    let decidedMax = Lock<Int?>(nil)
    /// Sent with what is appended.
    let extraStatement = Lock<SQL?>(nil)

    func byteCount(of command: Command) -> Int { command.bytes }

    func wantsFreshBatch(_ command: Command) -> Bool {
        if case .alone = command.wish { true } else { false }
    }

    func load(_ commands: [Command], into batch: inout Batch) {
        guard reads else { return }
        let streams = commands.compactMap { command -> UUID? in
            if case .blind = command.wish { nil } else { command.stream }
        }
        if streams.isEmpty { return }
        batch.add("counters", "SELECT stream, value, version FROM counters WHERE stream = ANY(\(streams))")
        for command in commands {
            if case .loadNonsense = command.wish { batch.add("nonsense", "SELECT 1 / 0") }
        }
    }

    func decide(
        _ commands: [Command], _ loaded: ArraySlice<Rows>, on connection: isolated Connection,
        _ log: inout AppendBuffer,
        into batch: inout Batch
    ) throws -> [Result<Total, any Error>] {
        batchSizes.withLock { $0.append(commands.count) }
        try beforeDeciding.withLock { $0 }?(connection)
        var totals: [UUID: Total] = [:]
        for (stream, value, version) in try loaded.first?.decode(UUID.self, Int.self, Int.self) ?? [] {
            totals[stream] = Total(value: value, version: version, position: 0)
        }
        let decided = commands.prefix(decidedMax.withLock { $0 } ?? commands.count)
        let answers = try decided.map { try decide($0, &totals, &log) }
        let changed = totals.filter { $0.value.position > 0 }.sorted { $0.key < $1.key }
        if let extra = extraStatement.withLock({ $0 }) { batch.add("extra", extra) }
        guard !changed.isEmpty else { return answers }
        batch.add(
            "upsert",
            """
            INSERT INTO counters
            SELECT * FROM unnest(\(changed.map(\.key)), \(changed.map { Int32($0.value.value) }),
                \(changed.map { Int32($0.value.version) }))
            ON CONFLICT (stream) DO UPDATE SET value = excluded.value, version = excluded.version
            """)
        return answers
    }

    private func decide(
        _ command: Command, _ totals: inout [UUID: Total], _ log: inout AppendBuffer
    ) throws -> Result<Total, any Error> {
        var total = totals[command.stream] ?? Total(value: 0, version: 0, position: 0)
        switch command.wish {
        case .reject: return .failure(Rejection())
        case .crash: throw Crash()
        case .nothing: return .success(total)
        case .add(let amount):
            total.value += amount
            append(command, amount, &total, &log)
        case .loadNonsense, .alone: append(command, 0, &total, &log)
        case .blind:
            total.value += 1
            append(command, 1, &total, &log)
        }
        totals[command.stream] = total
        return .success(total)
    }

    private func append(_ command: Command, _ amount: Int, _ total: inout Total, _ log: inout AppendBuffer) {
        total.version += 1
        var meta = EventMeta(actor: command.actor, command: command.stream)
        if let correlation = command.correlation { meta.correlation = correlation }
        let event = log.append(
            EventDraft(
                stream: command.stream, version: total.version, category: "counter", type: "counter.added",
                schemaVersion: 1, data: Array(#"{"amount": \#(amount)}"#.utf8), meta: meta.encoded()))
        total.position = event.position
    }
}
