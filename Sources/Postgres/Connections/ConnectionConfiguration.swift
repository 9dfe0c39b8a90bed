internal import CLibpq

/// How to reach a server, and the limits of one connection.
public struct ConnectionConfiguration: Sendable {
    /// Keywords such as `host=/run/x dbname=y`, or a `postgresql://` address. Hazard: may hold a password.
    public var connection: String
    /// Shown in `pg_stat_activity`; default `lifeos`.
    public var applicationName = "lifeos"
    /// How long connecting may take; default 5 seconds.
    public var connectTimeout: Duration = .seconds(5)
    /// How long a statement may run before it is stopped; default 30 seconds. See ``Connection/statementTimeout``.
    public var statementTimeout: Duration = .seconds(30)
    /// How long the server may take to stop a statement before the connection is given up; default 5 seconds.
    public var cancelGrace: Duration = .seconds(5)
    /// How often it is asked to stop until it does; default 200 milliseconds.
    public var cancelInterval: Duration = .milliseconds(200)
    /// Statements kept prepared on a connection; default 250. Each costs the server some ten kilobytes.
    public var preparedStatementsMax = 250
    /// Statements in one batch; default 10,000.
    public var batchStatementsMax = 10_000
    /// Server settings of every connection.
    ///
    /// By default a server notices within ten seconds that its client is gone, also in the middle of a statement.
    public var settings = ["client_connection_check_interval": "10s"]

    public init(connection: String) { self.connection = connection }

    /// Says what is wrong with the words in ``connection``, if anything.
    public func validate() throws(PostgresError) { _ = try libpqOptions() }

    /// The keywords and values for libpq, parsed by libpq, so that nothing is pasted together.
    func libpqOptions() throws(PostgresError) -> [(keyword: String, value: String)] {
        var options = try parsed()
        func set(_ keyword: String, _ value: String) {
            options.removeAll { $0.keyword == keyword }
            options.append((keyword, value))
        }
        let given = options.first { $0.keyword == "options" }?.value ?? ""
        set("options", given + settings.sorted { $0.key < $1.key }.map { Self.option($0.key, $0.value) }.joined())
        set("client_encoding", "UTF8")
        if !options.contains(where: { $0.keyword == "application_name" }) { set("application_name", applicationName) }
        return options
    }

    /// One setting as PostgreSQL's command line takes it: a space or a backslash within is escaped.
    private static func option(_ name: String, _ value: String) -> String {
        let escaped = "\(name)=\(value)".flatMap { $0 == " " || $0 == "\\" ? ["\\", $0] : [$0] }
        return " -c " + String(escaped)
    }

    /// Never repeats what was written: where the address is mistyped, its password may be in any part of it.
    func parsed() throws(PostgresError) -> [(keyword: String, value: String)] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = unsafe PQconninfoParse(connection, &message) else {
            let text = unsafe message.map { unsafe String(cString: $0) } ?? ""
            unsafe PQfreemem(message)
            throw PostgresError(.usage, ConnectionMistake.words(for: text), hint: ConnectionMistake.hint)
        }
        defer { unsafe PQconninfoFree(options) }
        var known: [(keyword: String, value: String)] = []
        var at = 0
        while let keyword = unsafe options[at].keyword {
            if let value = unsafe options[at].val {
                unsafe known.append((String(cString: keyword), String(cString: value)))
            }
            at += 1
        }
        if let mistake = ConnectionMistake.find(in: connection, known) {
            throw PostgresError(.usage, mistake, hint: ConnectionMistake.hint)
        }
        return known
    }
}
