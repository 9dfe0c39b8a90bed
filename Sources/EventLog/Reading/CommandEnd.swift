import Postgres
public import System

/// A position that a log may end at: of every command it has all events or none.
///
/// Only what knows a log makes one, so that no copy of a log can be cut within a command. Half a command would be a state
/// that never was, and the repetition of a keyed command would be answered with it.
public struct CommandEnd: Sendable, Hashable {
    public let position: Int

    /// Only where it is known that a command ends there, as at the head of a log: a transaction holds whole commands.
    package init(knownAt position: Int) { self.position = position }

    /// Before the first event.
    public static let start = CommandEnd(knownAt: 0)
}

/// A position that lies within a command, so that no log can end there.
///
/// A copy that would end here is refused rather than moved to the command's end: a point is named for what shall be in it and what
/// shall not, and only whoever named it knows on which side the command belongs.
public struct InsideCommand: AdvisingError, Sendable, Hashable {
    public let position: Int
    /// The last position before the command.
    public let before: Int
    /// The last position of the command.
    public let after: Int

    public init(position: Int, before: Int, after: Int) {
        self.position = position
        self.before = before
        self.after = after
    }

    public var description: String {
        "Position \(position) lies within a command that wrote positions \(before + 1) to \(after) as one change."
    }

    /// What to do next, as a sentence.
    public var advice: String { "Choose \(before), which leaves it out, or \(after), which has all of it." }
}

extension EventReader {
    /// The position, where a command ends there or where the log ends before it.
    ///
    /// All events of a command carry its id and are next to each other. One without an id is its own command.
    ///
    /// - Throws: ``InsideCommand``
    public func commandEnd(at position: Int) async throws -> CommandEnd {
        let commands = try await pool.query(
            "log_commands",
            """
            SELECT meta->>'command' FROM log.events WHERE position IN (\(Int64(position)), \(Int64(position + 1)))
            ORDER BY position
            """
        ).decode(String?.self)
        guard commands.count == 2, let command = commands[0], command == commands[1] else {
            return CommandEnd(knownAt: position)
        }
        let (before, next) = try await pool.query(
            "log_command_bounds",
            """
            SELECT
                (SELECT position FROM log.events
                    WHERE position < \(Int64(position)) AND meta->>'command' IS DISTINCT FROM \(command)
                    ORDER BY position DESC LIMIT 1),
                (SELECT position FROM log.events
                    WHERE position > \(Int64(position)) AND meta->>'command' IS DISTINCT FROM \(command)
                    ORDER BY position LIMIT 1)
            """
        ).only(Int?.self, Int?.self)
        let after = if let next { next - 1 } else { try await head().position }
        throw InsideCommand(position: position, before: before ?? 0, after: after)
    }
}
