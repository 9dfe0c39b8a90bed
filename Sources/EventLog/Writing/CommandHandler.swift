public import Postgres

/// Decides commands. ``CommandWriter`` brings them together in batches and makes each batch one transaction.
///
/// All calls come on the writer's own thread, one after the other, while the head of the log is locked: what ``load``
/// reads is the truth until the batch is committed.
public protocol CommandHandler: Sendable {
    associatedtype Command: Sendable
    associatedtype Answer: Sendable

    /// How many bytes a command takes, about. Counts for every limit of the writer.
    func byteCount(of command: Command) -> Int

    /// Whether a command looks at more than what ``load(_:into:)`` can name beforehand. Such a one begins a batch of its
    /// own, so that whatever it asks the database for is already there.
    func wantsFreshBatch(_ command: Command) -> Bool

    /// Adds the statements that read what these commands need. They are sent together with the one that locks the head.
    func load(_ commands: [Command], into batch: inout Batch)

    /// Decides each command in order, appends the events that follow, and adds the statements that write the projections.
    ///
    /// A rejection is an answer like any other: it must leave neither events nor statements behind.
    ///
    /// - Parameter loaded: the answers to the statements of ``load(_:into:)``, in their order.
    /// - Returns: the answers to the first of the commands, at least to one. The others are loaded and decided in
    ///   transactions of their own.
    func decide(
        _ commands: [Command], _ loaded: ArraySlice<Rows>, on connection: isolated Connection,
        _ log: inout AppendBuffer,
        into batch: inout Batch
    ) throws -> [Result<Answer, any Error>]

    /// What was decided last is in the database now.
    func committed()
}

extension CommandHandler {
    public func wantsFreshBatch(_ command: Command) -> Bool { false }
    public func committed() {}
}
