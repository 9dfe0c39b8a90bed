public import System

/// The limits of a ``CommandWriter``.
public struct CommandWriterConfiguration: Sendable {
    /// Commands decided in one transaction. More gain nothing: at this size the commit is a small part of the time.
    public var commandsPerBatchMax = 256
    /// Commands that may wait; beyond it callers are told to come back later.
    public var waitingMax = 8_192
    /// Bytes that waiting commands may hold.
    public var waitingBytesMax = 128 << 20
    /// How long a batch is tried again while the database cannot be reached.
    public var unreachableMax: Duration = .seconds(10)
    /// Between two tries.
    public var retryDelay: Duration = .milliseconds(50)
    /// Gives events their time. Nil, the default, means the database's clock, which all nodes share.
    public var clock: (any WallClock)?
    /// How far the last event may be dated ahead of the database's clock, and that clock ahead of this machine's. Beyond it,
    /// commands are refused: times in the log never go back, so a wrong one would stay.
    public var clockTolerance: Duration = .seconds(3_600)
    /// This machine's clock.
    public var localClock: any WallClock = SystemWallClock()

    public init() {}
}
