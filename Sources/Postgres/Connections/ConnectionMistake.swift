/// What is wrong with the words that tell where to connect, said without them.
enum ConnectionMistake {
    static let hint = """
        write it as postgresql://user:password@host/database, with %40 for @ and %2F for / in a password, \
        or as host=… dbname=… user=… password='…'
        """

    /// What libpq says begins so. The rest of its sentences holds a part of what was written, and is left out.
    private static let sentences: [(beginning: String, words: String)] = [
        ("missing \"=\" after", "a word has no = behind it, and the whole does not begin with postgresql://"),
        ("unterminated quoted string", "a quotation mark is not closed"),
        ("invalid connection option", "a keyword is not one that PostgreSQL knows"),
        ("end of string reached when looking for matching", "the IPv6 address has no closing ]"),
        ("IPv6 host address may not be empty", "the IPv6 address between [ and ] is empty"),
        ("unexpected character", "neither : nor / follows the IPv6 address"),
        ("invalid percent-encoded token", "a % is not followed by two hexadecimal digits; write %25 for % itself"),
        ("forbidden value %00", "a zero byte is written as %00"),
        ("missing key/value separator", "a parameter behind the ? has no ="),
        ("extra key/value separator", "a parameter behind the ? has more than one ="),
        ("invalid URI query parameter", "a parameter behind the ? is not one that PostgreSQL knows"),
    ]

    static func words(for message: String) -> String {
        sentences.first { message.hasPrefix($0.beginning) }?.words ?? "it cannot be read"
    }

    /// What libpq takes, but not as it was meant: a part of the password would become a host or a port, and be shown when
    /// that is not found.
    static func find(in connection: String, _ known: [(keyword: String, value: String)]) -> String? {
        for (keyword, value) in known where keyword == "port" {
            let ports = value.split(separator: ",", omittingEmptySubsequences: false)
            guard ports.allSatisfy({ $0.isEmpty || UInt16($0).map { $0 > 0 } == true }) else {
                return "the port is not a number from 1 to 65535"
            }
        }
        if isAddress(connection) {
            // libpq ends the user's part at the first @ or /.
            let rest = connection.drop { $0 != ":" }.dropFirst(3)
            let behindUser = rest.firstIndex { $0 == "@" || $0 == "/" }.map { rest[$0...].dropFirst() } ?? ""
            guard !behindUser.contains("@") else {
                return "there is an @ behind the user's part, which ends at the first @ or /"
            }
        } else if known.contains(where: { $0.keyword.hasPrefix("host") && $0.value.contains("@") }) {
            return "the host contains an @"
        }
        return nil
    }

    private static func isAddress(_ text: String) -> Bool {
        text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
    }
}
