/// The limits of a rebuild and of a check.
public struct RebuildConfiguration: Sendable {
    /// Readers of the log at the same time, each with a part of the streams; default 2. Each takes two connections.
    public var lanesMax = 2
    /// Fewer events are read by one reader.
    public var eventsPerLaneMin = 20_000
    /// Rows are written when they have grown to so many bytes.
    public var chunkBytes = 2 << 20
    /// When so few events are left to catch up with, the log is held up for them.
    public var eventsHeldUpMax = 500
    /// Rounds of catching up before the log is held up in any case.
    public var roundsMax = 12
    /// Of so few streams, the events are looked up one stream after the other.
    public var streamsLookedUpMax = 2_000
    /// How long the tables may be waited for while the log is held up.
    public var lockTimeout: Duration = .seconds(1)
    /// How often the exchange is tried again after it had to wait for too long.
    public var exchangeTriesMax = 30
    /// Between two of these tries.
    public var exchangePause: Duration = .milliseconds(500)
    /// For one statement, such as one that builds an index.
    public var statementTimeout: Duration = .seconds(6 * 3_600)
    /// Memory of the server for building an index.
    public var indexMegabytes = 128
    /// Memory of the server for sorting the log.
    public var sortMegabytes = 64
    /// Differing rows that a check names for each projection.
    public var rowsNamedMax = 20
    /// What pauses are measured by.
    public var clock: any Clock<Duration> = ContinuousClock()

    public init() {}
}
