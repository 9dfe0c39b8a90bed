/// Whether this process may reach out: to models, by mail, to wherever backups go.
///
/// Whoever is about to asks first. A fork is for trying things, so there the answer is no.
public struct Effects: Sendable, Hashable {
    /// Why not; nil where all is allowed.
    private let obstacle: String?

    public static let allowed = Effects(obstacle: nil)

    /// - Parameter reason: a sentence that says why.
    public static func off(because reason: String) -> Effects { Effects(obstacle: reason) }

    private init(obstacle: String?) { self.obstacle = obstacle }

    public var areAllowed: Bool { obstacle == nil }

    /// - Parameter effect: what is about to be done, such as `a call of a model`.
    public func ask(for effect: String) throws(EffectsRefused) {
        if let obstacle { throw EffectsRefused(effect: effect, reason: obstacle) }
    }
}

/// Something that reaches out was not done.
public struct EffectsRefused: Error, Sendable, Hashable, CustomStringConvertible {
    public let effect: String
    public let reason: String

    public var description: String { "Skipped \(effect): outgoing effects are off. \(reason)" }
}
