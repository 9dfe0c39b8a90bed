import System

/// Commands in the order they came, and the batch that is under way. Pure: the lock and the waiting are the writer's.
struct CommandQueue<Handler: CommandHandler> {
    typealias Answer = @Sendable (Result<Handler.Answer, any Error>) -> Void

    struct Entry: Sendable {
        /// The same for all that were handed in together.
        let submission: UInt64
        let command: Handler.Command
        let bytes: Int
        let answer: Answer
    }

    private let configuration: CommandWriterConfiguration
    private var waiting = Line()
    /// Accepted, though there is no room for them yet.
    private var deferred = Line()
    private(set) var isStopping = false
    /// Taken out, but not yet decided for good.
    private(set) var underWay: [Entry] = []

    init(_ configuration: CommandWriterConfiguration) { self.configuration = configuration }

    var waitingCount: Int { waiting.count + deferred.count }
    var hasWork: Bool { waitingCount > 0 || !underWay.isEmpty }

    mutating func stop() { isStopping = true }

    /// Takes all of them or none. Where there is no room, `whenFull` says whether they are refused or wait for it.
    mutating func add(_ more: [Entry], whenFull: CommandWriterWhenFull) throws(CommandWriterError) {
        if isStopping { throw .stopping }
        switch whenFull {
        case .wait:
            for entry in more { deferred.append(entry) }
            admit()
        case .refuse:
            let bytes = more.reduce(0) { $0 + $1.bytes }
            // What is larger than all the room has to be taken at some time: when nothing else is there.
            guard
                waiting.isEmpty
                    || waiting.count + more.count <= configuration.waitingMax
                        && waiting.bytes + bytes <= configuration.waitingBytesMax
            else { throw .overloaded }
            for entry in more { waiting.append(entry) }
        }
    }

    /// Lets deferred entries in. Half of the room is left to those who would be refused.
    private mutating func admit() {
        while let entry = deferred.first {
            let fits =
                waiting.count < configuration.waitingMax / 2
                && waiting.bytes + entry.bytes <= configuration.waitingBytesMax / 2
            guard waiting.isEmpty || fits else { return }
            waiting.append(deferred.removeFirst())
        }
    }

    /// The next batch: whatever waits, up to the limits, and up to a command that has to begin a batch. Never empty where
    /// something waits.
    mutating func takeBatch(startsBatch: (Handler.Command) -> Bool) -> [Entry] {
        underWay = []
        var bytes = 0
        while let entry = waiting.first, underWay.count < configuration.commandsPerBatchMax {
            let isTooMuch = bytes + entry.bytes > configuration.bytesPerBatchMax
            if !underWay.isEmpty, isTooMuch || startsBatch(entry.command) { break }
            bytes += entry.bytes
            underWay.append(waiting.removeFirst())
        }
        admit()
        return underWay
    }

    /// Takes out what still waits of a submission. What is under way stays.
    mutating func withdraw(_ submission: UInt64) -> [Entry] {
        let withdrawn = waiting.remove { $0.submission == submission } + deferred.remove { $0.submission == submission }
        admit()
        return withdrawn
    }

    /// Of the batch under way, only so many are left.
    mutating func keepUnderWay(last count: Int) { underWay = underWay.suffix(count) }

    /// Everything that is left, for telling the callers that nothing will come of it.
    mutating func takeAll() -> (underWay: [Entry], waiting: [Entry]) {
        defer { (underWay, waiting, deferred) = ([], Line(), Line()) }
        return (underWay, Array(waiting.all + deferred.all))
    }

    /// Entries in order, taken from the front by moving an index, so that a long line is not shifted with every batch.
    private struct Line {
        private var entries: [Entry] = []
        private var next = 0
        private(set) var bytes = 0

        var count: Int { entries.count - next }
        var isEmpty: Bool { count == 0 }
        var first: Entry? { isEmpty ? nil : entries[next] }
        var all: ArraySlice<Entry> { entries[next...] }

        mutating func append(_ entry: Entry) {
            entries.append(entry)
            bytes += entry.bytes
        }

        mutating func removeFirst() -> Entry {
            let entry = entries[next]
            bytes -= entry.bytes
            next += 1
            if next == entries.count {
                entries.removeAll(keepingCapacity: next <= 1_024)
                next = 0
            }
            return entry
        }

        mutating func remove(where isMeant: (Entry) -> Bool) -> [Entry] {
            let removed = all.filter(isMeant)
            if removed.isEmpty { return [] }
            entries = all.filter { !isMeant($0) }
            next = 0
            bytes -= removed.reduce(0) { $0 + $1.bytes }
            return removed
        }
    }
}
