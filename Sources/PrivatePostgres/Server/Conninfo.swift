/// The words by which libpq finds the server.
enum Conninfo {
    /// Names the socket only; nothing listens on the network.
    static let port = 5_432
    static let user = "lifeos"

    static func text(folder: String, database: String) -> String {
        "host=\(quoted(folder)) port=\(port) user=\(user) dbname=\(quoted(database))"
    }

    static func socketPath(in folder: String) -> String { "\(folder)/.s.PGSQL.\(port)" }

    private static func quoted(_ value: String) -> String {
        var text = "'"
        for character in value {
            if character == "'" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return text + "'"
    }
}
