import Postgres
public import System

/// The limits of a ``CommandWriter``.
public struct CommandWriterConfiguration: Sendable {
    /// Commands decided in one transaction. More gain nothing: at this size the commit is a small part of the time.
    public var commandsPerBatchMax = 256
    /// Bytes of the commands decided in one transaction; a larger command is decided alone.
    public var bytesPerBatchMax = 8 << 20
    /// Commands that may wait; beyond it callers are told to come back later.
    public var waitingMax = 8_192
    /// Bytes that waiting commands may hold.
    public var waitingBytesMax = 128 << 20
    /// How long a batch is tried again while the database cannot be reached, or someone else has locked what it needs.
    public var unreachableMax: Duration = .seconds(10)
    /// After the first failure to reach the database; doubled with each further one up to ``retryDelayMax``.
    public var retryDelay: Duration = .milliseconds(50)
    public var retryDelayMax: Duration = .seconds(1)
    /// How long one try waits for a lock.
    public var lockWaitMax: Duration = .seconds(2)
    /// How long this process may keep the log locked without a word, being frozen, say. Then the server ends its
    /// transaction, and others may write.
    public var silenceMax: Duration = .seconds(10)
    /// How often it is looked who has locked the log, while the writer waits for it.
    public var watchInterval: Duration = .seconds(1)
    /// Gives events their time. Nil, the default, means the database's clock, which all nodes share.
    public var clock: (any WallClock)?
    /// How far the last event may be dated ahead of the database's clock, and that clock ahead of this machine's. Beyond it,
    /// commands are refused: times in the log never go back, so a wrong one would stay.
    public var clockTolerance: Duration = .seconds(3_600)
    /// This machine's clock.
    public var localClock: any WallClock = SystemWallClock()

    /// Which tables the handler keeps: the database refuses events of whoever keeps others than it has. Nil, the default,
    /// where there are none.
    public var tables: String?

    public init() {}

    /// What the writer's own connection has different from the others of its pool.
    func adapt(_ connection: inout ConnectionConfiguration) {
        connection.settings["lock_timeout"] = "\(lockWaitMax.wholeMilliseconds)ms"
        connection.settings["idle_in_transaction_session_timeout"] = "\(silenceMax.wholeMilliseconds)ms"
        connection.unacknowledgedMax = silenceMax
        if let tables { connection.settings["lifeos.tables"] = tables }
    }
}
