internal import CLibpq
internal import System

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
    /// By default nobody keeps others waiting for much longer than ten seconds: the server notices within that time that
    /// its client is gone, ends a session that sleeps in a transaction, and gives up waiting for a lock. Work that needs
    /// longer asks for it: ``Connection/transaction(_:readOnly:idleMax:_:)``, ``Connection/waitForLocks(atMost:)``.
    public var settings = [
        "client_connection_check_interval": "10s",
        "idle_in_transaction_session_timeout": "10s",
        "lock_timeout": "10s",
        "tcp_keepalives_idle": "\(Keepalive.idleSeconds)",
        "tcp_keepalives_interval": "\(Keepalive.intervalSeconds)",
        "tcp_keepalives_count": "\(Keepalive.count)",
    ]
    /// How long something that was sent over TCP may stay unacknowledged, in either direction, before the connection is
    /// given up; default nil, which leaves it to the system: some fifteen minutes.
    ///
    /// Hazard: a peer that is well but reads nothing for so long counts as gone too, such as one that was told to wait
    /// in the middle of a COPY.
    public var unacknowledgedMax: Duration?

    /// When a peer that is silent over TCP is asked for a sign of life, and how often before it counts as gone.
    private enum Keepalive {
        static let idleSeconds = 5
        static let intervalSeconds = 2
        static let count = 3
    }

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
        func setUnlessGiven(_ keyword: String, _ value: String) {
            if !options.contains(where: { $0.keyword == keyword }) { options.append((keyword, value)) }
        }
        var settings = settings
        if let milliseconds = unacknowledgedMax?.wholeMilliseconds {
            settings["tcp_user_timeout"] = "\(milliseconds)ms"
            setUnlessGiven("tcp_user_timeout", "\(milliseconds)")
        }
        setUnlessGiven("keepalives_idle", "\(Keepalive.idleSeconds)")
        setUnlessGiven("keepalives_interval", "\(Keepalive.intervalSeconds)")
        setUnlessGiven("keepalives_count", "\(Keepalive.count)")
        setUnlessGiven("application_name", applicationName)
        let given = options.first { $0.keyword == "options" }?.value ?? ""
        set("options", given + settings.sorted { $0.key < $1.key }.map { Self.option($0.key, $0.value) }.joined())
        set("client_encoding", "UTF8")
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
