import Cryptography
public import EventLog
public import JSON

/// What a restore brought back, what was found when it was looked at, and how long each part took.
public struct RestoreReport: Sendable {
    /// The last event that is in the log.
    public internal(set) var head: LogHead = .start
    /// How many blobs had to be written; those that were there already are left alone.
    public internal(set) var blobsWritten = 0
    /// Events whose hash was computed again from what the database holds now.
    public internal(set) var verifiedCount = 0
    /// Projections that were compared, row by row, with what the log says.
    public internal(set) var checked: [String] = []
    public internal(set) var seconds: [(phase: FillingProgress.Phase, seconds: Double)] = []

    /// From nothing to a system that was looked at and can be served.
    public var secondsTotal: Double { seconds.reduce(0) { $0 + $1.seconds } }

    public var json: JSONObject {
        [
            "position": .integer(head.position), "hash": .string(head.hash.hex),
            "blobs_written": .integer(blobsWritten),
            "verified": .integer(verifiedCount), "checked": .array(checked.map { .string($0) }),
            "seconds": .object(
                JSONObject(
                    seconds.map { ($0.phase.rawValue, .number(JSONNumber(floatLiteral: Self.rounded($0.seconds)))) })),
        ]
    }

    private static func rounded(_ seconds: Double) -> Double { (seconds * 1_000).rounded() / 1_000 }
}

/// Why a restore was given up. Nothing of it is left.
public enum RestoreError: AdvisingError, Sendable, Hashable {
    case logNotEmpty(head: Int)
    /// The backup ends before the position that was asked for.
    case endsBefore(position: Int, head: Int)
    /// What the database gives back is not what was written to it.
    case unsound(explanation: String)
    /// Tables that are not what the log says.
    case differing([String])

    public var description: String {
        switch self {
        case .logNotEmpty(let head): "There is a log in this database already: it ends at position \(head)."
        case .endsBefore(let position, let head):
            "The backup ends at position \(head), before \(position)."
        case .unsound(let explanation): "The restored log is not what was backed up: \(explanation)"
        case .differing(let names): "Restored tables differ from the log: \(names.joined(separator: ", "))."
        }
    }

    public var advice: String {
        switch self {
        case .logNotEmpty:
            "Nothing is ever overwritten. Use an empty LIFEOS_HOME or database, or restore beside with --fork or --database."
        case .endsBefore: "Choose an earlier point, or a later backup."
        case .unsound: "The disk or its memory may be faulty. Try again on another machine."
        case .differing: "Please report it. `lifeos backup restore` leaves the backup as it is."
        }
    }
}
