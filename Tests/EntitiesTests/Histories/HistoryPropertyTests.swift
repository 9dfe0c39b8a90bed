import JSON
import TestStudio
import TestSupport
import Testing

@Suite struct HistoryPropertyTests {
    /// What the writer keeps, what a rebuild makes and what simple dictionaries say are the same, whatever is asked.
    @Test func everyHistoryLeadsWhereTheModelDoes() async throws {
        var random = SeededRandom.forTest()
        for _ in 0..<Effort.rounds(4) {
            let batch = [1, 3, 256].randomElement(using: &random) ?? 1
            let history = History(count: 120, using: &random)
            guard let difference = try await Performance.difference(history, commandsPerBatchMax: batch) else {
                continue
            }
            let small = try await Self.shrink(history, commandsPerBatchMax: batch)
            let story = small.history.steps.map(\.description).joined(separator: "\n")
            Issue.record(
                "seed \(random.seed), batches of \(batch): \(difference)\nshrunk: \(small.difference)\n\(story)")
            return
        }
    }

    /// It came into being once by its creation and once more by being put on itself.
    @Test func aTagThatIsCreatedWithItselfOnItBeginsOnce() async throws {
        let history = History(steps: [
            .init(
                place: Cast.firstTag, action: .create(["name": "t0"], tags: [0], isFavorite: false, isArchived: false))
        ])
        let difference = try await Performance.difference(history, commandsPerBatchMax: 1)
        #expect(difference == nil)
    }

    /// The writer keeps the bytes it made of equal data; the fold went on with the new digits, and a rebuild showed them.
    @Test(arguments: [1, 256])
    func anEqualNumberThatIsWrittenOtherwiseKeepsItsForm(_ batch: Int) async throws {
        let operation = Cast.types.count - 1
        let history = History(steps: [
            .init(place: operation, action: .declared("started", ["kind": "test", "title": "x", "status": "running"])),
            .init(place: operation, action: .declared("progressed", ["done": 1]), startsRound: false),
            .init(place: operation, action: .declared("progressed", ["done": 1.0]), startsRound: false),
            .init(place: operation, action: .declared("progressed", ["message": "y"]), startsRound: false),
        ])
        let difference = try await Performance.difference(history, commandsPerBatchMax: batch)
        #expect(difference == nil)
    }

    /// Carrying out a history takes a fresh database, so that there is an end to it.
    private static let triesMax = 120

    /// Leaves out whatever is not needed for the failure, in ever smaller pieces.
    private static func shrink(
        _ history: History, commandsPerBatchMax batch: Int
    ) async throws -> (history: History, difference: String) {
        var steps = history.steps
        var last = "it did not happen again"
        var piece = max(1, steps.count / 2)
        var tries = 0
        while tries < triesMax {
            var start = 0
            var hasShrunk = false
            while start < steps.count, tries < triesMax {
                var fewer = steps
                fewer.removeSubrange(start..<min(start + piece, steps.count))
                tries += 1
                let attempt = try await Performance.difference(History(steps: fewer), commandsPerBatchMax: batch)
                if let attempt {
                    (steps, last, hasShrunk) = (fewer, attempt, true)
                } else {
                    start += piece
                }
            }
            if piece == 1, !hasShrunk { break }
            if !hasShrunk { piece = max(1, piece / 2) }
        }
        return (History(steps: steps), last)
    }

    /// The test above would be worth nothing if its model agreed with everything.
    @Test func theModelIsNotContentWithEverything() async throws {
        var random = SeededRandom(seed: 7)
        var model = Model(tagIDs: (14..<17).map { Cast.id($0) })
        var answers: Set<String> = []
        for step in History(count: 2_000, using: &random).steps {
            answers.insert(String(model.carryOut(step).prefix { $0 != " " }))
        }
        #expect(
            answers == [
                "created", "changed", "unchanged", "repeated", "keyReused", "notFound", "alreadyExists", "conflict",
                "archived", "invalid", "badReferences", "fixedName", "idTaken", "foreignID",
            ])
    }
}
