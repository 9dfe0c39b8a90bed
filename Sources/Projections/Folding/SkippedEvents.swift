public import System

/// An event that a fold cannot read: it stays in the log, counts as a version of its stream, and changes nothing.
public struct SkippedEvent: Sendable, Hashable {
    public let position: Int
    public let stream: UUID
    /// Its whole type, such as `character.updated`.
    public let type: String
    public let reason: Reason

    public enum Reason: Sendable, Hashable {
        /// Its stream is one of another category.
        case otherCategory(of: String)
        /// The catalogue knows no such category.
        case unknownCategory
        /// The catalogue declares no such event of the category.
        case undeclared
        /// Its data are not what its declaration says.
        case unreadable
        /// It would change what no readable event has begun.
        case notBegun
    }

    public init(position: Int, stream: UUID, type: String, reason: Reason) {
        self.position = position
        self.stream = stream
        self.type = type
        self.reason = reason
    }
}

extension SkippedEvent.Reason: CustomStringConvertible {
    /// Goes on from "was skipped: ".
    public var description: String {
        switch self {
        case .otherCategory(let category): "it is in a stream of the category \(category)"
        case .unknownCategory: "the catalogue has no such category"
        case .undeclared: "the catalogue declares no such event"
        case .unreadable: "its data do not fit its declaration"
        case .notBegun: "nothing that can be read begins its stream"
        }
    }
}

/// The events that a fold has skipped; beyond a limit they are only counted.
public struct SkippedEvents: Sendable, Hashable {
    /// So many are kept by name.
    public static let namedMax = 1_000

    private var named: [Int: SkippedEvent] = [:]
    private var unnamedCount = 0

    public init() {}

    public var isEmpty: Bool { named.isEmpty }
    /// At least so many: events that were read twice and had no room are counted twice.
    public var count: Int { named.count + unnamedCount }
    /// In the order of the log.
    public var all: [SkippedEvent] { named.values.sorted { $0.position < $1.position } }

    public mutating func add(_ event: SkippedEvent) {
        if named[event.position] == nil, named.count >= Self.namedMax {
            unnamedCount += 1
        } else {
            named[event.position] = event
        }
    }

    public mutating func merge(_ other: SkippedEvents) {
        for event in other.named.values { add(event) }
        unnamedCount += other.unnamedCount
    }
}
