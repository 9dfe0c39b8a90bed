public import EventLog

/// How far the making of a fork, or a restore, has come.
public struct FillingProgress: Sendable, Hashable {
    public enum Phase: String, Sendable, Hashable, CaseIterable {
        case blobs, copying, building, verifying, checking
    }

    public let phase: Phase
    /// Events, or blobs, that were worked through in this phase, and how many there are; 0 where none are counted.
    public let done: Int
    public let total: Int

    public init(_ phase: Phase, done: Int = 0, total: Int = 0) {
        self.phase = phase
        self.done = done
        self.total = total
    }
}

/// An error that knows what to do next, as a sentence of its own.
public protocol AdvisingError: Error, CustomStringConvertible {
    var advice: String { get }
}

/// A copy that would end within a command is refused rather than moved to the command's end: a point is named for what shall
/// be in it and what shall not, and only whoever named it knows on which side the command belongs.
extension InsideCommand: AdvisingError {}
