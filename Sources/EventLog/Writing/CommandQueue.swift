import System

/// Commands in the order they came, and the batch that is under way. Pure: the lock and the waiting are the writer's.
struct CommandQueue<Handler: CommandHandler> {
    typealias Answer = @Sendable (Result<Handler.Answer, any Error>) -> Void

    struct Entry: Sendable {
        let command: Handler.Command
        let bytes: Int
        let answer: Answer
    }

    private let configuration: CommandWriterConfiguration
    /// Taken from the front by moving `next`, so that a long queue is not shifted with every batch.
    private var entries: [Entry] = []
    private var next = 0
    private var waitingBytes = 0
    private(set) var isStopping = false
    /// Taken out, but not yet decided for good.
    private(set) var underWay: [Entry] = []

    init(_ configuration: CommandWriterConfiguration) { self.configuration = configuration }

    var waitingCount: Int { entries.count - next }
    var hasWork: Bool { waitingCount > 0 || !underWay.isEmpty }

    mutating func stop() { isStopping = true }

    /// Takes all of them or, for want of room, none.
    mutating func add(_ more: [Entry]) throws(CommandWriterError) {
        if isStopping { throw .stopping }
        let bytes = more.reduce(0) { $0 + $1.bytes }
        guard waitingCount + more.count <= configuration.waitingMax,
            waitingBytes + bytes <= configuration.waitingBytesMax
        else { throw .overloaded }
        entries += more
        waitingBytes += bytes
    }

    /// The next batch: whatever waits, up to the limit, and up to a command that has to begin a batch.
    mutating func takeBatch(startsBatch: (Handler.Command) -> Bool) -> [Entry] {
        var end = next
        while end < entries.count, end - next < configuration.commandsPerBatchMax {
            if end > next, startsBatch(entries[end].command) { break }
            end += 1
        }
        underWay = Array(entries[next..<end])
        waitingBytes -= underWay.reduce(0) { $0 + $1.bytes }
        next = end
        if next == entries.count {
            entries.removeAll(keepingCapacity: next <= 1_024)
            next = 0
        }
        return underWay
    }

    mutating func finishBatch() { underWay = [] }

    /// Of a batch that is carried out one by one, only so many are left.
    mutating func keepUnderWay(last count: Int) { underWay = underWay.suffix(count) }

    /// Everything that is left, for telling the callers that nothing will come of it.
    mutating func takeAll() -> [Entry] {
        defer {
            entries = []
            next = 0
            waitingBytes = 0
        }
        return Array(entries[next...])
    }
}
