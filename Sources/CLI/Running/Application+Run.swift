internal import Configuration
internal import System

extension Application {
    /// Does what the arguments say and returns the exit code: 0 done, 1 failed, 2 asked wrongly; 130 or so when a signal
    /// stopped it, as shells have it. Output that could not be written is a failure, whatever the command did.
    public func run(_ arguments: [String], in surroundings: Surroundings) async -> Int32 {
        let output = Self.output(for: arguments, in: surroundings)
        do {
            try await perform(arguments, in: surroundings, output)
        } catch {
            return end(error, surroundings.interruption, output).rawValue
        }
        guard let loss = output.loss else { return ExitCode.done.rawValue }
        return fail(for: loss, output).rawValue
    }

    private func perform(_ arguments: [String], in surroundings: Surroundings, _ output: Output) async throws {
        let arguments = arguments.first == "--version" ? ["version"] + arguments.dropFirst() : arguments
        let line = try LineParser.parse(arguments, of: self)
        guard let command = line.node.command, !line.wantsHelp else {
            if output.isJSON, !line.wantsHelp {
                let verbs = line.node.children.map(\.word).joined(separator: ", ")
                throw Failure.usage("Choose a verb: \(verbs).", advice: seeHelp(of: line.node))
            }
            return output.verbatim(help(of: line.node, output))
        }
        let values = try values(of: command, line, in: surroundings)
        if line.texts[GlobalOptions.yes.declaration.label] != nil { output.agreeToAll() }
        let invocation = Invocation(values, of: self, in: surroundings, output: output)
        let task = Task { try await command.run(invocation) }
        surroundings.interruption.cancelling { task.cancel() }
        output.whenLost { task.cancel() }
        try await task.value
    }

    /// Errors have to come out in the right form even when the line cannot be read, so this looks at it on its own.
    private static func output(for arguments: [String], in surroundings: Surroundings) -> Output {
        let own = arguments.prefix { $0 != "--" }
        var colour = GlobalOptions.Colour.auto
        for (index, token) in own.enumerated() {
            let next = index + 1 < own.count ? own[index + 1] : ""
            let word = token == "--color" ? next : token.hasPrefix("--color=") ? String(token.dropFirst(8)) : ""
            colour = GlobalOptions.Colour(rawValue: word) ?? colour
        }
        return Output(
            surroundings, isJSON: own.contains("--json"), colour: colour)
    }

    private func values(
        of command: Command, _ line: ParsedLine, in surroundings: Surroundings
    ) throws(Failure) -> [String: any Sendable] {
        let home = surroundings.environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let place = Place(home: home, folder: surroundings.folder)
        var values: [String: any Sendable] = [:]
        for parameter in command.arguments + command.options + GlobalOptions.all {
            var texts = line.texts[parameter.label] ?? []
            var advice = ""
            if texts.isEmpty, let name = parameter.environment, let text = surroundings.environment[name], !text.isEmpty
            {
                texts = [text]
                advice = "The value comes from the variable \(name). "
            }
            do {
                values[parameter.label] = try parameter.read(texts, place)
            } catch {
                throw Failure.usage(error.description, advice: advice + seeHelp(of: line.node))
            }
        }
        return values
    }

    /// The last word on what went wrong, and the exit code that goes with it.
    private func end(_ error: any Error, _ interruption: Interruption, _ output: Output) -> ExitCode {
        if let signal = interruption.cancelledBy {
            // What a command throws then varies: a query, say, fails in words of its own.
            output.fail(Failure("Stopped by \(signal) before it was done.", code: .interrupted))
            return .ended(by: signal)
        }
        if let code = error as? ExitCode, output.loss == nil { return code }
        let failure = Failure(error)
        // A command that was stopped for its output throws as one stopped by a signal does. Only a failure that it states
        // itself says more than that.
        if let loss = output.loss, !(error is Failure) || failure.code == .interrupted {
            return fail(for: loss, output)
        }
        output.fail(failure)
        return failure.exitCode
    }

    /// Nothing is said when the reader of a pipe has left, as `head` does: it has seen what it wanted. The exit code tells
    /// scripts that not everything was read.
    private func fail(for loss: SystemError, _ output: Output) -> ExitCode {
        if !loss.isBrokenPipe {
            output.fail(
                Failure(
                    "Standard output cannot be written: \(loss.explanation).",
                    advice: "Free some space, or send the output elsewhere. What the command did stays done.",
                    code: .outputLost))
        }
        return .failed
    }
}
