public import EventLog
public import Postgres
public import Projections
import System

/// One command, or several that are carried out together or not at all, whatever streams and categories they are about.
public struct Submission: Sendable {
    let commands: [any LogCommand]
}

/// All categories of one writer. It finds the category of each command, keeps receipts for all of them, and makes several
/// commands one where their caller wants that.
public struct CategoryRegistry: CommandHandler {
    public typealias Command = Submission
    public typealias Answer = [any CommandAnswer]

    private let categories: [any CommandCategory]
    private let places: [ObjectIdentifier: Int]
    private let receipts: ReceiptKeeping

    public init(_ categories: [any CommandCategory], receipts: ReceiptKeeping) {
        self.categories = categories
        self.receipts = receipts
        places = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1.commandType, $0) })
    }

    /// How the log becomes the rows of all tables.
    public var fold: ProjectionFold { ProjectionFold(categories.map(\.fold) + [receipts.fold]) }

    private func place(of command: any LogCommand) -> Int {
        guard let place = places[ObjectIdentifier(type(of: command))] else {
            preconditionFailure("no category takes \(type(of: command)): add it where the registry is made")
        }
        return place
    }

    // CommandHandler

    public func byteCount(of submission: Submission) -> Int {
        submission.commands.reduce(0) { $0 + $1.byteCount }
    }

    public func wantsFreshBatch(_ submission: Submission) -> Bool {
        submission.commands.contains { categories[place(of: $0)].wantsFresh($0) }
    }

    public func load(_ submissions: [Submission], into batch: inout Batch) {
        let keys = KnownReceipts.keys(of: submissions)
        if !keys.isEmpty { batch.add("receipts_load", KnownReceipts.load(keys)) }
        for (place, part) in parts(of: submissions) {
            categories[place].loadAny(part.commands, part.leadingCount, into: &batch)
        }
    }

    public func decide(
        _ submissions: [Submission], _ loaded: ArraySlice<Rows>, on connection: isolated Connection,
        _ log: inout AppendBuffer, into batch: inout Batch
    ) throws -> [Result<[any CommandAnswer], any Error>] {
        var loaded = loaded
        var stage = Stage()
        if !KnownReceipts.keys(of: submissions).isEmpty { try stage.known.learn(loaded.removeFirst()) }
        for (place, part) in parts(of: submissions) {
            stage.scenes[place] = try categories[place].begin(part.commands, part.leadingCount, &loaded)
        }
        var answers: [Result<[any CommandAnswer], any Error>] = []
        for submission in submissions {
            if !answers.isEmpty, !canDecide(submission, stage) { break }
            answers.append(try decide(submission, &stage, on: connection, &log))
        }
        for scene in stage.scenes.sorted(by: { $0.key < $1.key }) { scene.value.write(into: &batch) }
        receipts.write(stage.receipts, into: &batch)
        return answers
    }

    public func committed() { for category in categories { category.committed() } }

    // Deciding

    /// What is known in the middle of a batch.
    private struct Stage {
        /// By the place of their category.
        var scenes: [Int: any CommandScene] = [:]
        var known = KnownReceipts()
        var receipts: [Receipt] = []
    }

    /// The commands of each category, in order of the categories, so that loading and taking what was loaded agree.
    private func parts(
        of submissions: [Submission]
    ) -> [(place: Int, part: (commands: [any LogCommand], leadingCount: Int))] {
        var parts: [Int: (commands: [any LogCommand], leadingCount: Int)] = [:]
        for (index, submission) in submissions.enumerated() {
            for command in submission.commands {
                let place = place(of: command)
                parts[place, default: ([], 0)].commands.append(command)
                if index == 0 { parts[place]?.leadingCount += 1 }
            }
        }
        return parts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func canDecide(_ submission: Submission, _ stage: Stage) -> Bool {
        submission.commands.allSatisfy { stage.scenes[place(of: $0)]?.canDecideAny($0) ?? false }
    }

    private func decide(
        _ submission: Submission, _ stage: inout Stage, on connection: isolated Connection, _ log: inout AppendBuffer
    ) throws -> Result<[any CommandAnswer], any Error> {
        // A single command that is rejected leaves nothing behind by itself.
        let before = submission.commands.count > 1 ? (stage: stage, log: log) : nil
        do {
            var answers: [any CommandAnswer] = []
            for (index, command) in submission.commands.enumerated() {
                if index > 0, categories[place(of: command)].wantsFresh(command) { throw MustComeFirst() }
                answers.append(try decide(command, &stage, on: connection, &log))
            }
            return .success(answers)
        } catch let rejection as any CommandRejection {
            if let before { (stage, log) = before }
            return .failure(rejection)
        }
    }

    private func decide(
        _ command: any LogCommand, _ stage: inout Stage, on connection: isolated Connection, _ log: inout AppendBuffer
    ) throws -> any CommandAnswer {
        if let former = try stage.known.answer(to: command.meta) { return command.repeated(former) }
        let count = log.events.count
        guard let answer = try stage.scenes[place(of: command)]?.decideAny(command, on: connection, &log) else {
            preconditionFailure("a command is decided in the scene of its category")
        }
        if let key = command.meta.idempotency {
            if log.events.count == count { log.append(ReceiptEvent.draft(for: command, version: answer.version)) }
            let receipt = Receipt(
                actor: command.meta.actor, key, id: command.id, version: answer.version,
                position: log.head.position, recordedAt: log.head.recordedAt)
            stage.known.add(receipt)
            stage.receipts.append(receipt)
        }
        return answer
    }
}

/// Commands that are carried out together may ask the database for more than they name, such as what an archived entity takes
/// along. It knows nothing yet of those before.
public struct MustComeFirst: CommandRejection, CustomStringConvertible {
    public var description: String {
        "Archiving and unarchiving what takes others along has to come first of what is done together."
    }
}

// What is known of a category or a scene only by its protocol

extension CommandCategory {
    fileprivate var commandType: ObjectIdentifier { ObjectIdentifier(Scene.Command.self) }

    private func own(_ commands: [any LogCommand]) -> [Scene.Command] { commands.compactMap { $0 as? Scene.Command } }

    fileprivate func loadAny(_ commands: [any LogCommand], _ leadingCount: Int, into batch: inout Batch) {
        load(own(commands), leadingCount: leadingCount, into: &batch)
    }

    fileprivate func begin(
        _ commands: [any LogCommand], _ leadingCount: Int, _ loaded: inout ArraySlice<Rows>
    ) throws -> any CommandScene {
        try scene(for: own(commands), leadingCount: leadingCount, &loaded)
    }

    fileprivate func wantsFresh(_ command: any LogCommand) -> Bool {
        (command as? Scene.Command).map(wantsFreshBatch) ?? false
    }
}

extension CommandScene {
    fileprivate func canDecideAny(_ command: any LogCommand) -> Bool {
        (command as? Command).map(canDecide) ?? false
    }

    fileprivate mutating func decideAny(
        _ command: any LogCommand, on connection: isolated Connection, _ log: inout AppendBuffer
    ) throws -> any CommandAnswer {
        guard let command = command as? Command else { preconditionFailure("a scene is of one category") }
        return try decide(command, on: connection, &log)
    }
}

extension LogCommand {
    fileprivate func repeated(_ former: (version: Int, id: UUID)) -> any CommandAnswer {
        Answer.repeated(version: former.version, id: former.id)
    }
}
