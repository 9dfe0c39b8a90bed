import Cryptography

/// One statement of the part `indexes` of a file.
struct IndexStatement: Sendable, Hashable {
    /// Without comments, for the schema `live`.
    let sql: String
    /// The name of an index that may be made and dropped while the table is used; nil for keys, and for unique indexes, which
    /// the statements that write may rely on.
    let name: String?

    var hash: String { SHA256.hash(sql).hex }

    /// The statements of a text.
    static func all(in text: String) -> [IndexStatement] {
        text.withoutComments.split(separator: ";").compactMap { statement in
            let words = statement.split(whereSeparator: \.isWhitespace)
            guard !words.isEmpty else { return nil }
            let isPlain = words.count > 4 && words[0] == "CREATE" && words[1] == "INDEX" && words[3] == "ON"
            return IndexStatement(sql: words.joined(separator: " "), name: isPlain ? String(words[2]) : nil)
        }
    }
}

extension String {
    /// What PostgreSQL reads of it, in one line.
    var withoutComments: String {
        split(separator: "\n").map { line in
            line.firstRange(of: "--").map { line[..<$0.lowerBound] } ?? line
        }.joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
