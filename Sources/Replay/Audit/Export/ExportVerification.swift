import EventLog
public import JSON
import System

/// What the check of an export found.
public struct ExportVerification: Sendable {
    /// One thing that is wrong.
    public struct Fault: Error, Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            /// A record cannot be read.
            case unreadable
            /// An event does not give its hash.
            case changed
            /// Two neighbours do not follow each other.
            case broken
            /// An event is in the wrong place, or twice.
            case disordered
            /// An event that has to be there is not.
            case missing
            /// What people read is not what the event says.
            case misleading
            /// Bytes were changed that belong to no event, or the end is gone.
            case incomplete
            /// It is not of the log that the stated head was taken from.
            case rewritten
        }

        public let kind: Kind
        /// The record of the file, the first is 1; nil where it is about the file as a whole.
        public let record: Int?
        /// A sentence for people.
        public let explanation: String
    }

    static let faultsMax = 100

    /// Nil where the start of the file cannot be read.
    public internal(set) var head: ExportHead?
    public internal(set) var eventCount = 0
    /// So many events were found to follow the one before them in the file.
    public internal(set) var linkCount = 0
    /// The first that were found, in the order of the file.
    public internal(set) var faults: [Fault] = []
    public internal(set) var faultCount = 0
    /// Whether the head that was stated is known to be of the same log; nil where none was stated, or it could not be compared.
    public internal(set) var matchesStatedHead: Bool?

    public var isSound: Bool { faultCount == 0 }

    /// Whether every position of the range is there.
    public var isComplete: Bool { head.map { eventCount == $0.last - $0.first + 1 } ?? false }

    mutating func add(_ kind: Fault.Kind, _ record: Int?, _ explanation: String) {
        faultCount += 1
        if faults.count < Self.faultsMax { faults.append(Fault(kind: kind, record: record, explanation: explanation)) }
    }

    /// What such a file cannot show, in sentences.
    public var limits: [String] {
        var limits: [String] = []
        if let head, head.isSelection {
            limits.append(
                "It is a selection: an event that fits the filter and was left out would not be noticed. An export of the same "
                    + "range without a filter shows all.")
        }
        if matchesStatedHead != true {
            limits.append(
                "Somebody with write access to the database could have rewritten the whole log before this export. Compare with a head that was "
                    + "noted down elsewhere: --head <position>:<hash>.")
        }
        if let head, head.head.position > head.last {
            limits.append("The log continues to position \(head.head.position); later events are not in this file.")
        }
        limits.append("The names of entities are looked up when the file is made; no hash of an event covers them.")
        return limits
    }
}

extension ExportVerification: JSONEncodable {
    public func encode(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("sound", isSound)
            writer.field("complete", isComplete)
            writer.field("events", eventCount)
            writer.field("links", linkCount)
            if let head {
                writer.field("first", head.first)
                writer.field("last", head.last)
                writer.field("filter", head.filter)
                writer.field("head", head.head.description)
                writer.field("made_at", head.madeAt.description)
            }
            writer.field("matches_stated_head", matchesStatedHead)
            writer.field("fault_count", faultCount)
            writer.field("faults") { writer in
                writer.array(of: faults) { writer, fault in
                    writer.object { writer in
                        writer.field("kind", fault.kind.rawValue)
                        writer.field("record", fault.record)
                        writer.field("explanation", fault.explanation)
                    }
                }
            }
            writer.field("limits", limits)
        }
    }
}
