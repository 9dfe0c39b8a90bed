public import EventLog
import Postgres
import System

/// The receipts that a batch may meet. A key stands for one request, whatever its parts.
struct KnownReceipts {
    private struct Request: Hashable {
        let actor: String
        let key: String
    }

    private struct Answers {
        let fingerprint: String
        var parts: [Int: (id: UUID, version: Int)] = [:]
    }

    private var requests: [Request: Answers] = [:]

    static func load(_ keys: [(actor: String, key: String)]) -> SQL {
        """
        SELECT r.actor, r.key, r.part, r.fingerprint, r.id, r.version
        FROM unnest(\(keys.map(\.actor)), \(keys.map(\.key))) AS w (actor, key)
        JOIN live.receipts AS r ON r.actor = w.actor AND r.key = w.key
            AND r.recorded_at > clock_timestamp() - interval '7 days'
        """
    }

    /// - Parameter rows: actor, key, part, fingerprint, id, version.
    mutating func learn(_ rows: Rows) throws {
        for (actor, key, part, fingerprint, id, version) in try rows.decode(
            String.self, String.self, Int32.self, String.self, UUID.self, Int32.self)
        {
            note(Request(actor: actor, key: key), Int(part), fingerprint, id, Int(version))
        }
    }

    mutating func add(_ receipt: Receipt) {
        note(
            Request(actor: receipt.actor, key: receipt.key), receipt.part, receipt.fingerprint, receipt.id,
            receipt.version)
    }

    private mutating func note(_ request: Request, _ part: Int, _ fingerprint: String, _ id: UUID, _ version: Int) {
        requests[request, default: Answers(fingerprint: fingerprint)].parts[part] = (id, version)
    }

    /// The answer of an earlier command under the same key.
    func repetition(of meta: EventMeta) throws(Rejection) -> EntityAnswer? {
        guard let key = meta.idempotency, let known = requests[Request(actor: meta.actor, key: key.key)] else {
            return nil
        }
        if known.fingerprint != key.fingerprint { throw .keyReused }
        return known.parts[key.part].map { .repeated(version: $0.version, id: $0.id) }
    }
}

extension EntityService {
    /// The answers that parts of a request got when it came before, for what is refused before it becomes a command.
    public func repetitions(of meta: EventMeta, parts: [Int]) async throws -> [Int: EntityAnswer] {
        guard let key = meta.idempotency, !parts.isEmpty else { return [:] }
        var receipts = KnownReceipts()
        try receipts.learn(await pool.query("receipts_load", KnownReceipts.load([(meta.actor, key.key)])))
        var answers: [Int: EntityAnswer] = [:]
        for part in parts {
            var own = meta
            own.idempotency = .init(key: key.key, fingerprint: key.fingerprint, part: part)
            answers[part] = try? receipts.repetition(of: own)
        }
        return answers
    }
}
