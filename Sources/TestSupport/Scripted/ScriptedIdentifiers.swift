public import System

/// Identifiers that a test knows beforehand: the ones it gives, then numbered ones.
public final class ScriptedIdentifiers: IdentifierSource {
    private let state: Lock<(given: [UUID], count: UInt64)>

    public init(_ given: [UUID] = []) { state = Lock((given.reversed(), 0)) }

    public func next() -> UUID {
        state.withLock { state in
            if let given = state.given.popLast() { return given }
            state.count += 1
            return Self.numbered(state.count)
        }
    }

    /// The identifier that is given as the n-th, counted from 1: `00000000-0000-7000-8000-00000000000n`.
    public static func numbered(_ number: UInt64) -> UUID {
        UUID(high: 0x7000, low: 1 << 63 | number)
    }
}
