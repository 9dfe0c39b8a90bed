import Postgres
import Projections

/// Keeps `words`: each with the first position that brought it.
struct WordProjector: SharedProjector {
    struct Row: Sendable {
        let word: String
        let position: Int
    }

    let table: Table<Row> = Self.table
    var shared: [String: Row] = [:]
    /// The words that need not be sent again; nil in a rebuild.
    private let vocabulary: Vocabulary?

    static let table: Table<Row> = Table(
        "words", writtenBy: "words_write",
        [Column<Row>("word") { $0.word }, Column("position") { Int64($0.position) }], key: ["word"],
        onConflict: .keepOld)

    init(_ vocabulary: Vocabulary?) { self.vocabulary = vocabulary }

    mutating func apply(_ change: EntityChange) {
        let (entity, content) = (change.after.entity, change.after.content)
        if change.before?.content.encoded == content.encoded { return }
        for word in content.search.words where vocabulary?.isNew(word) ?? true {
            add(Row(word: word, position: entity.position), for: word)
        }
    }

    func combine(_ known: Row?, _ new: Row) -> Row? {
        guard let known else { return new }
        return new.position < known.position ? new : nil
    }
}
