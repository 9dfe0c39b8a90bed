/// A regular expression that takes time in proportion to the text, whatever the text.
///
/// It becomes a small program, and all the places in it that could be reached are followed at once, one character at
/// a time, so that there is nothing to go back to.
struct Pattern: Sendable {
    enum Instruction: Sendable {
        case take(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case start, end
        case match
    }

    let source: String
    private var program: [Instruction] = []

    init(_ source: String, instructions: Int) throws(PatternError) {
        self.source = source
        var parser = PatternParser(source)
        var budget = instructions
        try append(try parser.parse(), &budget)
        program.append(.match)
    }

    /// The budget counts what is appended, instructions or not: even nothing can be repeated too often.
    private mutating func append(_ node: PatternNode, _ budget: inout Int) throws(PatternError) {
        budget -= 1
        guard budget > 0 else { throw PatternError(message: "is a pattern too large: repeat less") }
        switch node {
        case .scalars(let set): program.append(.take(set))
        case .start: program.append(.start)
        case .end: program.append(.end)
        case .sequence(let nodes): for node in nodes { try append(node, &budget) }
        case .choice(let nodes): try append(choices: nodes, &budget)
        case .repetition(let node, let minimum, let maximum):
            for _ in 0..<minimum { try append(node, &budget) }
            if let maximum {
                try append(node, upTo: maximum - minimum, &budget)
            } else {
                let split = reserve()
                try append(node, &budget)
                program.append(.jump(split))
                program[split] = .split(split + 1, program.count)
            }
        }
    }

    /// Each time may be the one left out, and with it all that follow.
    private mutating func append(
        _ node: PatternNode, upTo most: Int, _ budget: inout Int
    ) throws(PatternError) {
        var splits: [Int] = []
        for _ in 0..<most {
            splits.append(reserve())
            try append(node, &budget)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }

    private mutating func append(choices: [PatternNode], _ budget: inout Int) throws(PatternError) {
        var jumps: [Int] = []
        for choice in choices.dropLast() {
            let split = reserve()
            try append(choice, &budget)
            jumps.append(reserve())
            program[split] = .split(split + 1, program.count)
        }
        if let last = choices.last { try append(last, &budget) }
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    /// The place of an instruction that is filled in once its target is known.
    private mutating func reserve() -> Int {
        program.append(.match)
        return program.count - 1
    }

    /// Whether the pattern occurs anywhere in the text.
    func matches(_ text: String) -> Bool {
        var threads = Threads(program.count)
        var reached = Threads(program.count)
        var isStart = true
        for scalar in text.unicodeScalars {
            // A match may begin at every character.
            if follow(from: 0, isStart: isStart, isEnd: false, &threads) { return true }
            reached.removeAll()
            for place in threads.takers {
                guard case .take(let set) = program[place], set.contains(scalar) else { continue }
                if follow(from: place + 1, isStart: false, isEnd: false, &reached) { return true }
            }
            swap(&threads, &reached)
            isStart = false
        }
        // Nothing is left, so the ends hold now: the places reached are followed once more.
        reached.removeAll()
        for place in threads.waiting where follow(from: place, isStart: isStart, isEnd: true, &reached) { return true }
        return follow(from: 0, isStart: isStart, isEnd: true, &reached)
    }

    /// Adds what is reachable from there without taking a character. True when the match is.
    private func follow(from place: Int, isStart: Bool, isEnd: Bool, _ threads: inout Threads) -> Bool {
        threads.pending.append(place)
        while let place = threads.pending.popLast() {
            guard threads.visit(place) else { continue }
            switch program[place] {
            case .match: return true
            case .take: threads.takers.append(place)
            case .jump(let target): threads.pending.append(target)
            case .split(let first, let second):
                threads.pending.append(second)
                threads.pending.append(first)
            case .start: if isStart { threads.pending.append(place + 1) }
            case .end:
                if isEnd { threads.pending.append(place + 1) } else { threads.waiting.append(place) }
            }
        }
        return false
    }

    /// The places in the program that are reached at one character.
    private struct Threads {
        /// Those that take a character.
        var takers: [Int] = []
        /// Those that wait for the end of the text.
        var waiting: [Int] = []
        /// Those still to be looked at; kept for its capacity.
        var pending: [Int] = []
        /// When each place was last reached; cheaper than clearing a flag for each.
        private var visits: [Int]
        private var generation = 1

        init(_ count: Int) { visits = Array(repeating: 0, count: count) }

        mutating func visit(_ place: Int) -> Bool {
            defer { visits[place] = generation }
            return visits[place] != generation
        }

        mutating func removeAll() {
            takers.removeAll(keepingCapacity: true)
            waiting.removeAll(keepingCapacity: true)
            generation += 1
        }
    }
}
