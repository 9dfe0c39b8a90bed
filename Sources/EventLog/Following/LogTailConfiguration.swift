/// The limits of a ``LogTail``.
public struct LogTailConfiguration: Sendable {
    /// How often the log is looked at although nobody said that it grew; a lost notification costs so much time at most.
    public var pollInterval: Duration = .seconds(2)
    /// How long a notification waits for this node's own writer to hand over the same events, which saves reading them.
    public var ownEventsGrace: Duration = .milliseconds(2)
    /// Before the database is asked again after a failure.
    public var retryDelay: Duration = .milliseconds(500)
    /// The latest events kept in memory: who is no further behind needs no database.
    public var eventsKeptMax = 8_192
    /// What their data and meta may take.
    public var bytesKeptMax = 16 << 20
    /// Events read from the database at once.
    public var pageEventsMax = 256
    /// What they may take together; a single event may take more.
    public var pageBytesMax = 1 << 20
    /// What the pages may take that ``EventPages`` keep for those who come to the same place later.
    public var pagesKeptBytesMax = 16 << 20
    /// Subscribers that may read from the database at the same time, and make pages of it; the others wait for their turn.
    /// Never more than a quarter of the pool's connections, but one.
    public var catchUpReadsMax = 2

    public init() {}
}
