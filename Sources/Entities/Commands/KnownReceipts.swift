import EventLog
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
