public import HTTPServer
internal import JSON

/// Who acts, by what, and what they may do. ``Authentication`` attaches one to each request, and whatever is written because of the
/// request names it.
public struct Actor: Sendable, Hashable {
    /// How we know who it is.
    public enum Means: Sendable, Hashable {
        /// A token in a header.
        case token
        /// A session of the console, by its name.
        case session(String)
        /// Whoever may run `lifeos` where the data is.
        case commandLine
        /// A part of the system, on its own account.
        case system
    }

    /// As events name it.
    public let name: String
    public let means: Means
    public let rights: Set<Right>

    public init(_ name: String, by means: Means, rights: Set<Right>) {
        self.name = name
        self.means = means
        self.rights = rights
    }

    /// The one person there is until there are accounts.
    ///
    /// - Parameter rights: default all.
    public static func admin(by means: Means, rights: Set<Right> = Right.all) -> Actor {
        Actor("admin", by: means, rights: rights)
    }

    /// Whoever gives commands to `lifeos` in a shell.
    public static let commandLine = admin(by: .commandLine)

    /// A part of the system such as `schedule`, where nobody asked.
    public static func system(_ part: String) -> Actor { Actor(part, by: .system, rights: Right.all) }

    /// The name of the session; nil where it is not known by one.
    public var session: String? { if case .session(let name) = means { name } else { nil } }

    /// - Throws: 403 where it lacks the right.
    func demand(_ right: Right) throws(Problem) {
        if rights.contains(right) { return }
        var problem = Problem.forbidden(
            "\(name) lacks the right \(right.rawValue), which this needs. Ask an administrator for it.",
            code: "missing_right")
        problem.members.append((name: "right", value: .string(right.rawValue)))
        throw problem
    }
}

extension Request {
    /// Who is asking. Set by ``Authentication``.
    ///
    /// - Throws: 401 where nobody who is known is, so that a route which forgot to ask for it lets nobody through.
    public var actor: Actor {
        get throws(Problem) {
            guard let actor = attachments[Actor.self] else { throw .unauthorized() }
            return actor
        }
    }
}
