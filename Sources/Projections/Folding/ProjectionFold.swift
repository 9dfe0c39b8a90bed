import Postgres
public import System

/// Everything that follows from the log: which events are read by whom, and which tables are kept. Rebuilds and checks read
/// the log and write tables; what the rows are, the parts of this list alone know.
public struct ProjectionFold: Sendable {
    let parts: [FoldPart]
    /// In the order in which rows are handed on.
    public let tables: [TableShape]

    public init(_ parts: [FoldPart]) {
        self.parts = parts
        tables = parts.flatMap(\.tables)
    }

    /// How far back, by the log's own time, meta is worth reading.
    var memory: Duration { tables.compactMap(\.expiry?.after).max() ?? .zero }
}

/// What one kind of stream is folded into.
public struct FoldPart: Sendable {
    public enum Streams: Sendable {
        case categories(Set<String>)
        /// Those that no other part names.
        case others
        /// The events of all streams, besides the part that a stream belongs to.
        case all
    }

    let streams: Streams
    let tables: [TableShape]
    let begin: @Sendable (FoldScope) -> any StreamFold

    public init(
        _ streams: Streams, tables: [TableShape], begin: @escaping @Sendable (FoldScope) -> any StreamFold
    ) {
        self.streams = streams
        self.tables = tables
        self.begin = begin
    }
}

/// What a reader of the log is asked for.
public struct FoldScope: Sendable {
    /// The tables that are wanted.
    public let tables: Set<String>
    /// The moment from which on receipts and the like are still worth keeping.
    public let memorable: Timestamp
    /// Sums count only events after this position: what was before is in them already, although its streams are read again.
    public let countsAfter: Int
}

/// One reader on its way through the streams of a part.
public protocol StreamFold: Sendable {
    associatedtype Change: Sendable

    /// The projectors of the tables that are wanted, in the order of the part's.
    var list: ProjectorList<Change> { get set }
    /// Events that nothing could be made of.
    var skipped: SkippedEvents { get }

    /// Events of one stream come one after the other.
    mutating func apply(_ event: FoldedEvent) throws
    mutating func endStream()
}

extension StreamFold {
    fileprivate mutating func takeRows() -> [CopyRows] { list.takeRows() }
    fileprivate var lastRows: [CopyRows] { list.lastRows() }

    fileprivate mutating func merge(_ other: any StreamFold) -> ProjectorList<Change> {
        guard let other = other as? Self else { preconditionFailure("readers of one rebuild have the same parts") }
        return list.merge(other.list)
    }

    fileprivate mutating func merge(_ other: any StreamFold, updating schema: String, into batch: inout Batch) {
        merge(other).update(in: schema, into: &batch)
    }

    fileprivate mutating func mergeAll(_ other: any StreamFold) { _ = merge(other) }
}

/// One reader of the log with all of its parts, and afterwards what it has gathered.
struct FoldRun: Sendable {
    private var folds: [any StreamFold]
    private let places: [String: Int]
    private let others: Int?
    private let everywhere: [Int]
    private var stream: (id: UUID, fold: Int?)?
    private(set) var skipped = SkippedEvents()
    /// Of the rows that are handed on, in their order.
    let tables: [TableShape]

    init(_ fold: ProjectionFold, _ scope: FoldScope) {
        var places: [String: Int] = [:]
        var others: Int?
        var everywhere: [Int] = []
        for (index, part) in fold.parts.enumerated() {
            switch part.streams {
            case .categories(let names): for name in names { places[name] = index }
            case .others: others = index
            case .all: everywhere.append(index)
            }
        }
        self.places = places
        self.others = others
        self.everywhere = everywhere
        folds = fold.parts.map { $0.begin(scope) }
        tables = fold.tables.filter { scope.tables.contains($0.name) }
    }

    mutating func apply(_ event: FoldedEvent) throws {
        if event.stream != stream?.id {
            endStream()
            stream = (event.stream, places[event.category] ?? others)
        }
        if let place = stream?.fold {
            try folds[place].apply(event)
        } else {
            skipped.add(
                SkippedEvent(
                    position: event.position, stream: event.stream, type: event.type, reason: .unknownCategory))
        }
        for index in everywhere { try folds[index].apply(event) }
    }

    mutating func endStream() {
        if let place = stream?.fold { folds[place].endStream() }
        stream = nil
    }

    /// The rows that are complete by now, for each of ``tables``.
    mutating func takeRows() -> [CopyRows] { folds.indices.flatMap { folds[$0].takeRows() } }

    /// The rows that only the whole log tells, for each of ``tables``.
    func lastRows() -> [CopyRows] { folds.flatMap { $0.lastRows } }

    /// Takes over what another has gathered of other streams.
    mutating func merge(_ other: FoldRun) {
        skipped.merge(other.allSkipped)
        for index in folds.indices { folds[index].mergeAll(other.folds[index]) }
    }

    /// The same, and adds the statements that bring tables which have rows already up to it.
    mutating func merge(_ other: FoldRun, updating schema: String, into batch: inout Batch) {
        skipped.merge(other.allSkipped)
        for index in folds.indices { folds[index].merge(other.folds[index], updating: schema, into: &batch) }
    }

    var allSkipped: SkippedEvents {
        folds.reduce(into: skipped) { all, fold in all.merge(fold.skipped) }
    }
}
