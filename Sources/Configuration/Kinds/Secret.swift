/// A text that does not show itself: printing, interpolating and dumping it give `[set]`.
public struct Secret: Sendable, Hashable {
    private let text: String

    public init(_ text: String) { self.text = text }

    /// The text itself, for the one place that needs it. Keep it out of logs, problems and command lines.
    public func revealed() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "[set]" }
    public var debugDescription: String { "[set]" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
