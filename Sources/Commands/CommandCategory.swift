public import EventLog
public import Postgres
public import Projections
public import System

/// Something that someone wants to happen to one stream.
public protocol LogCommand: Sendable {
    associatedtype Answer: CommandAnswer

    /// The category of the stream, such as `character`.
    var category: String { get }
    /// The stream.
    var id: UUID { get }
    var meta: EventMeta { get }
    /// How many bytes it takes, about: what its events will take in the log, and the memory meanwhile grows with.
    var byteCount: Int { get }
}

/// What a command is answered with.
public protocol CommandAnswer: Sendable {
    /// The version of the stream that the answer is about.
    var version: Int { get }

    /// The answer of a command that was carried out before, under the same idempotency key.
    static func repeated(version: Int, id: UUID) -> Self
}

/// Why a command was refused. Nothing happened.
public protocol CommandRejection: Error {}

/// One kind of stream: how its commands are decided, and how its events become rows.
///
///     struct TicketCategory: CommandCategory { … }
///     let registry = CategoryRegistry([EntityCategory(…), TicketCategory(…)], receipts: …)
///
/// All calls come on the writer's own thread, one after the other, while the head of the log is locked: what ``load`` reads
/// is the truth until the batch is committed.
public protocol CommandCategory: Sendable {
    associatedtype Scene: CommandScene

    /// How the log becomes the rows of its tables.
    var fold: FoldPart { get }

    /// Adds the statements that read what these commands need; none where they need nothing.
    ///
    /// - Parameter leadingCount: so many of the first commands have to be decided in this batch. What the others need may be
    ///   left out where it is large.
    func load(_ commands: [Scene.Command], leadingCount: Int, into batch: inout Batch)

    /// The streams that these commands are about, as they stand before the first of them.
    ///
    /// - Parameter loaded: begins with the answers to the statements of ``load``, which are to be taken away.
    func scene(
        for commands: [Scene.Command], leadingCount: Int, _ loaded: inout ArraySlice<Rows>
    ) throws -> Scene

    /// Whether a command looks at more than what ``load`` can name beforehand. Such a one is the first of its batch, so that
    /// whatever it asks the database for is there.
    func wantsFreshBatch(_ command: Scene.Command) -> Bool

    /// What was written last is in the database now.
    func committed()
}

extension CommandCategory {
    public func wantsFreshBatch(_ command: Scene.Command) -> Bool { false }
    public func committed() {}
}

/// The streams of one category in one batch, as they stand after the commands that have been decided.
///
/// A value: commands that are carried out together are taken back by returning to a copy.
public protocol CommandScene: Sendable {
    associatedtype Command: LogCommand

    /// Whether all that the command needs was loaded.
    func canDecide(_ command: Command) -> Bool

    /// Decides the command, appends the events that follow, and goes on from the states they lead to.
    ///
    /// A ``CommandRejection`` is an answer like any other, and must leave nothing behind. Any other error fails the batch.
    mutating func decide(
        _ command: Command, on connection: isolated Connection, _ log: inout AppendBuffer
    ) throws -> Command.Answer

    /// Adds the statements that bring the category's tables up to what was decided.
    func write(into batch: inout Batch)
}

extension CommandScene {
    public func canDecide(_ command: Command) -> Bool { true }
}

/// A category as a blueprint lists it: known by its tables, and made once their files are there.
public struct CategoryDeclaration: Sendable {
    public let tables: [TableShape]
    public let make: @Sendable (ProjectionSet) throws(ProjectionError) -> any CommandCategory

    public init(
        tables: [TableShape],
        make: @escaping @Sendable (ProjectionSet) throws(ProjectionError) -> any CommandCategory
    ) {
        self.tables = tables
        self.make = make
    }
}
