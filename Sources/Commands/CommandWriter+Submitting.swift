public import EventLog

/// The one writer of a node, for commands of all categories.
public typealias StudioWriter = CommandWriter<CategoryRegistry>

extension CommandWriter where Handler == CategoryRegistry {
    /// Waits until the command is decided and, where events follow from it, committed.
    ///
    /// Cancelling the task withdraws a command that still waits: it fails with ``CommandWriterError/withdrawn`` and did not
    /// happen.
    public func submit<C: LogCommand>(
        _ command: C, whenFull: CommandWriterWhenFull = .refuse
    ) async throws -> C.Answer {
        try Self.only(try await submit(Submission(commands: [command]), whenFull: whenFull))
    }

    /// The same for many commands at once; each gets its own result, in their order.
    public func submit<C: LogCommand>(
        _ commands: [C], whenFull: CommandWriterWhenFull = .refuse
    ) async throws -> [Result<C.Answer, any Error>] {
        let results = try await submit(commands.map { Submission(commands: [$0]) }, whenFull: whenFull)
        return results.map { result in Result { try Self.only(try result.get()) } }
    }

    /// All of them happen, or none: the first that is rejected says why. They may be about streams of different categories,
    /// and each sees what those before it have done.
    public func submitTogether<each C: LogCommand>(
        _ command: repeat each C, whenFull: CommandWriterWhenFull = .refuse
    ) async throws -> (repeat (each C).Answer) {
        var commands: [any LogCommand] = []
        for command in repeat each command { commands.append(command) }
        var answers = try await submit(Submission(commands: commands), whenFull: whenFull)[...]
        return (repeat try Self.next((each C).self, &answers))
    }

    /// The same for any number of commands of one category.
    public func submitTogether<C: LogCommand>(
        _ commands: [C], whenFull: CommandWriterWhenFull = .refuse
    ) async throws -> [C.Answer] {
        if commands.isEmpty { return [] }
        var answers = try await submit(Submission(commands: commands), whenFull: whenFull)[...]
        return try commands.map { _ in try Self.next(C.self, &answers) }
    }

    private static func only<Answer>(_ answers: [any CommandAnswer]) throws -> Answer {
        guard answers.count == 1, let answer = answers[0] as? Answer else { throw WrongAnswer() }
        return answer
    }

    private static func next<C: LogCommand>(
        _ command: C.Type, _ answers: inout ArraySlice<any CommandAnswer>
    ) throws -> C.Answer {
        guard let answer = answers.popFirst() as? C.Answer else { throw WrongAnswer() }
        return answer
    }
}

/// A mistake of ours: a category has answered with what is no answer to its command.
struct WrongAnswer: Error {}
