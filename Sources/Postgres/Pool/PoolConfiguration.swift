/// How to reach the server, and every limit of the pool.
public struct PoolConfiguration: Sendable {
    /// What each connection is made with.
    public var connection: ConnectionConfiguration
    /// Connections at most; default 16. Each takes a server process and a thread here.
    public var connectionsMax = 16
    /// Connections kept open when nobody wants them; default 1.
    public var connectionsMin = 1
    /// How long a caller waits for a connection; default 5 seconds.
    public var acquireTimeout: Duration = .seconds(5)
    /// Callers that may wait at once; default 1,024. Further ones are refused at once.
    public var waitersMax = 1_024
    /// A connection idle for longer is looked at before it is lent; default one second.
    public var idleUncheckedMax: Duration = .seconds(1)
    /// A connection idle for longer is closed, down to ``connectionsMin``; default five minutes.
    public var idleMax: Duration = .seconds(300)
    /// How often idle connections are looked after; default 15 seconds.
    public var careInterval: Duration = .seconds(15)
    /// The pause after a failure to connect; default 50 ms, doubled with each failure up to ``reconnectDelayMax``.
    public var reconnectDelayMin: Duration = .milliseconds(50)
    /// Default 5 seconds.
    public var reconnectDelayMax: Duration = .seconds(5)
    /// How often a transaction is run again after it lost a race; default 10.
    public var transactionRetriesMax = 10
    /// The pause before a transaction is run again; default 2 ms, doubled with each failure up to 100 ms.
    public var transactionRetryDelay: Duration = .milliseconds(2)
    /// Notifications kept for a listener that is slow; default 1,024. Beyond it, it is told that it missed some.
    public var notificationsBufferedMax = 1_024
    /// How often the connection that listens is asked whether it still lives; default 15 seconds.
    public var listenerCareInterval: Duration = .seconds(15)

    public init(connection: String) { self.connection = ConnectionConfiguration(connection: connection) }

    /// Refuses limits that make no sense, and words that libpq does not understand.
    public func validate() throws(PostgresError) {
        func refuse(_ message: String) -> PostgresError { PostgresError(.usage, message, hint: "change the setting") }
        guard connectionsMax > 0 else { throw refuse("connectionsMax is \(connectionsMax); it must be 1 or more") }
        guard 0...connectionsMax ~= connectionsMin else {
            throw refuse("connectionsMin is \(connectionsMin); it must lie between 0 and connectionsMax")
        }
        guard waitersMax >= 0 else { throw refuse("waitersMax is \(waitersMax); it must be 0 or more") }
        try connection.validate()
    }
}
