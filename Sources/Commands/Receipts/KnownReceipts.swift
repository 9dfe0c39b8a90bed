public import EventLog
public import Postgres
public import System

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

    /// The stream and version that answered an earlier command under the same key; nil where there was none.
    func answer(to meta: EventMeta) throws(KeyReused) -> (version: Int, id: UUID)? {
        guard let key = meta.idempotency, let known = requests[Request(actor: meta.actor, key: key.key)] else {
            return nil
        }
        if known.fingerprint != key.fingerprint { throw KeyReused() }
        return known.parts[key.part].map { ($0.version, $0.id) }
    }

    /// Each key once.
    static func keys(of submissions: [Submission]) -> [(actor: String, key: String)] {
        var seen: Set<String> = []
        var keys: [(actor: String, key: String)] = []
        for submission in submissions {
            for command in submission.commands {
                let meta = command.meta
                if let key = meta.idempotency, seen.insert("\(meta.actor)\u{0}\(key.key)").inserted {
                    keys.append((meta.actor, key.key))
                }
            }
        }
        return keys
    }
}

/// The idempotency key was used for another command.
public struct KeyReused: CommandRejection {
    public init() {}
}

extension ReceiptKeeping {
    /// The answers that parts of a request got when it came before, for what is refused before it becomes a command.
    public static func answers(
        to meta: EventMeta, parts: [Int], in pool: PostgresPool
    ) async throws -> [Int: (version: Int, id: UUID)] {
        guard let key = meta.idempotency, !parts.isEmpty else { return [:] }
        var receipts = KnownReceipts()
        try receipts.learn(await pool.query("receipts_load", KnownReceipts.load([(meta.actor, key.key)])))
        var answers: [Int: (version: Int, id: UUID)] = [:]
        for part in parts {
            var own = meta
            own.idempotency = .init(key: key.key, fingerprint: key.fingerprint, part: part)
            answers[part] = try? receipts.answer(to: own)
        }
        return answers
    }
}
