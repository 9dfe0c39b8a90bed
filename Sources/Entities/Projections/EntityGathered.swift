public import Postgres
public import Projections
import System

/// What the log says of words and receipts: many streams add to it.
public struct EntityGathered: GatheredRows {
    /// Each with the first position that brought it.
    private(set) var words: [String: Int] = [:]
    /// The last event of a command that had a key stands for the answer it got.
    private(set) var receipts: [Receipt.Place: Receipt] = [:]
    public private(set) var skipped = SkippedEvents()

    public init() {}

    func isNews(_ word: String, at position: Int) -> Bool {
        guard let known = words[word] else { return true }
        return position < known
    }

    mutating func add(_ more: [String: Int]) {
        words.merge(more) { min($0, $1) }
    }

    mutating func add(_ receipt: Receipt) {
        if let known = receipts[receipt.place], known.position >= receipt.position { return }
        receipts[receipt.place] = receipt
    }

    mutating func add(_ event: SkippedEvent) { skipped.add(event) }

    public mutating func merge(_ other: EntityGathered) -> EntityGathered {
        var news = EntityGathered()
        for (word, position) in other.words where isNews(word, at: position) {
            words[word] = position
            news.words[word] = position
        }
        for (key, receipt) in other.receipts where receipt.position > receipts[key]?.position ?? 0 {
            receipts[key] = receipt
            news.receipts[key] = receipt
        }
        skipped.merge(other.skipped)
        return news
    }

    public func write(into rows: inout [CopyRows]) {
        for (word, position) in words { rows[EntityFold.Place.words].append(word, Int64(position)) }
        for receipt in receipts.values {
            rows[EntityFold.Place.receipts].append(
                receipt.actor, receipt.key, Int32(receipt.part), receipt.fingerprint, receipt.id,
                Int32(receipt.version),
                Int64(receipt.position), receipt.recordedAt)
        }
    }

    func wordsStatement(_ write: Template) -> SQL {
        let words = words.sorted { $0.key < $1.key }
        return write(["word": words.map(\.key), "position": words.map { Int64($0.value) }])
    }

    func receiptsStatement(_ write: Template) -> SQL {
        let receipts = receipts.values.sorted { $0.position < $1.position }
        return write([
            "actor": receipts.map(\.actor), "key": receipts.map(\.key), "part": receipts.map { Int32($0.part) },
            "fingerprint": receipts.map(\.fingerprint), "id": receipts.map(\.id),
            "version": receipts.map { Int32($0.version) },
            "position": receipts.map { Int64($0.position) }, "recorded_at": receipts.map(\.recordedAt),
        ])
    }
}
