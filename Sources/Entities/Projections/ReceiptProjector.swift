import EventLog
import JSON
import Postgres
import Projections
public import System

/// That a command was carried out under a key.
public struct Receipt: Sendable, Hashable {
    public let actor: String
    public let key: String
    /// The place of the command in the request, which the key stands for as a whole.
    public let part: Int
    public let fingerprint: String
    /// The entity whose version was the answer.
    public let id: UUID
    public let version: Int
    public let position: Int
    public let recordedAt: Timestamp

    /// What there is one receipt for.
    struct Place: Hashable, Sendable, Comparable {
        let actor: String
        let key: String
        let part: Int

        static func < (left: Place, right: Place) -> Bool {
            (left.actor, left.key, left.part) < (right.actor, right.key, right.part)
        }
    }

    init(
        actor: String, _ idempotency: EventMeta.Idempotency, id: UUID, version: Int, position: Int,
        recordedAt: Timestamp
    ) {
        self.actor = actor
        key = idempotency.key
        part = idempotency.part
        fingerprint = idempotency.fingerprint
        self.id = id
        self.version = version
        self.position = position
        self.recordedAt = recordedAt
    }

    var place: Place { Place(actor: actor, key: key, part: part) }

    /// How long a repetition gets the first answer.
    public static let kept: Duration = .seconds(7 * 24 * 3_600)
}

/// Keeps `receipts`: the last event of a command that had a key stands for the answer it got.
struct ReceiptProjector: SharedProjector {
    let table: Table<Receipt> = Self.table
    var shared: [Receipt.Place: Receipt] = [:]
    private let prune: Template

    static let table: Table<Receipt> = Table(
        "receipts", writtenBy: "receipts_write",
        [
            Column<Receipt>("actor") { $0.actor },
            Column("key") { $0.key },
            Column("part") { Int32($0.part) },
            Column("fingerprint") { $0.fingerprint },
            Column("id") { $0.id },
            Column("version") { Int32($0.version) },
            Column("position") { Int64($0.position) },
            Column("recorded_at") { $0.recordedAt },
        ], key: ["actor", "key", "part"], expiry: .init(column: "recorded_at", after: Receipt.kept),
        onConflict: .replace)

    init(prune: Template) { self.prune = prune }

    mutating func apply(_ receipt: Receipt) { add(receipt, for: receipt.place) }

    func combine(_ known: Receipt?, _ new: Receipt) -> Receipt? {
        if let known, known.position >= new.position { return nil }
        return new
    }

    func write(into batch: inout Batch) {
        guard let latest = shared.values.map(\.recordedAt).max() else { return }
        update(in: ProjectionSet.live, into: &batch)
        batch.add("receipts_prune", prune(["oldest": latest - Receipt.kept]))
    }
}

/// Reads the receipts out of the meta of whatever events there are.
struct ReceiptFold: StreamFold {
    private let memorable: Timestamp
    var list: ProjectorList<Receipt>

    init(_ list: ProjectorList<Receipt>, _ scope: FoldScope) {
        memorable = scope.memorable
        self.list = list.only(scope.tables)
    }

    var skipped: SkippedEvents { SkippedEvents() }

    mutating func apply(_ event: FoldedEvent) {
        guard event.recordedAt >= memorable, let bytes = event.meta,
            let meta = (try? JSONValue(parsing: bytes)).flatMap({ EventMeta($0) }), let key = meta.idempotency
        else { return }
        var answer = (id: event.stream, version: event.version)
        if event.category == ReceiptEvent.category, let data = try? JSONValue(parsing: event.data) {
            answer = ReceiptEvent.answer(data) ?? answer
        }
        list.apply(
            Receipt(
                actor: meta.actor, key, id: answer.id, version: answer.version, position: event.position,
                recordedAt: event.recordedAt))
    }

    mutating func endStream() {}
}
