public import Postgres

/// A statement of a file, with names where values go.
public struct Template: Sendable {
    /// What stands before each value, and the rest.
    private let pieces: [String]
    public let names: [String]

    init(_ text: String) {
        var pieces: [String] = []
        var names: [String] = []
        var piece = ""
        var rest = Substring(text)
        while let colon = rest.firstIndex(of: ":") {
            piece += rest[..<colon]
            rest = rest[rest.index(after: colon)...]
            let name = rest.prefix { $0.isLetter || $0 == "_" }
            if rest.first == ":" {
                // A cast.
                piece += "::"
                rest = rest.dropFirst()
            } else if name.isEmpty {
                piece += ":"
            } else {
                pieces.append(piece)
                names.append(String(name))
                piece = ""
                rest = rest.dropFirst(name.count)
            }
        }
        var last = piece + rest
        while last.last?.isWhitespace == true { last.removeLast() }
        self.pieces = pieces + [last]
        self.names = names
    }

    /// The statement with its values. A name without a value is a mistake of ours.
    public func callAsFunction(_ values: KeyValuePairs<String, any PostgresValue>) -> SQL {
        var sql: SQL = ""
        for (piece, name) in zip(pieces, names) {
            guard let value = values.first(where: { $0.key == name })?.value else {
                preconditionFailure("the statement lacks a value for :\(name)")
            }
            sql.append(unsafeSQL: piece)
            sql.bind(value)
        }
        sql.append(unsafeSQL: pieces.last ?? "")
        return sql
    }
}
