public import System

/// The last lines in memory, for people who look at a running system. Bounded by bytes; the oldest lines go first.
public final class LogRing: LogSink {
    /// A line with its place in the order of all lines, from 1 on.
    public struct Numbered: Sendable {
        public let number: UInt64
        public let entry: Logger.Entry
    }

    /// Which lines to read. Everything that is set must hold.
    public struct Filter: Sendable {
        public var levelMin: Logger.Level = .debug
        /// A module and those beneath it: `postgres` finds `postgres.pool`.
        public var module: String?
        public var requestID: String?
        public var traceID: UUID?
        public var since: Timestamp?
        /// Only lines behind this number, to follow the log.
        public var after: UInt64 = 0
        /// Stands in the message, in a field's name or in its value; case matters.
        public var text: String?
        /// The newest lines win.
        public var limit = 500

        public init() {}
    }

    private struct State {
        var lines: [(line: Numbered, bytes: Int)] = []
        /// Lines before this index are gone; they are cleared away in bulk.
        var first = 0
        var bytes = 0
        var lastNumber: UInt64 = 0
    }

    private let bytesMax: Int
    private let state = Lock(State())

    /// - Parameter bytesMax: what the lines may take together, about. 4 MiB by default.
    public init(bytesMax: Int = 4 << 20) { self.bytesMax = bytesMax }

    public func write(_ entry: Logger.Entry) {
        let bytes = Self.bytes(of: entry)
        guard bytes <= bytesMax else { return }
        state.withLock { state in
            state.lastNumber += 1
            state.lines.append((Numbered(number: state.lastNumber, entry: entry), bytes))
            state.bytes += bytes
            while state.bytes > bytesMax {
                state.bytes -= state.lines[state.first].bytes
                state.first += 1
            }
            if state.first > 64, state.first > state.lines.count / 2 {
                state.lines.removeFirst(state.first)
                state.first = 0
            }
        }
    }

    /// The lines that pass the filter, oldest first.
    public func lines(_ filter: Filter = Filter()) -> [Numbered] {
        let all = state.withLock { $0.lines[$0.first...] }
        var found: [Numbered] = []
        for (line, _) in all.reversed() {
            guard line.number > filter.after, found.count < filter.limit else { break }
            if filter.passes(line.entry) { found.append(line) }
        }
        return found.reversed()
    }

    /// The text and about what the entry costs beside it.
    private static func bytes(of entry: Logger.Entry) -> Int {
        let fields = entry.fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 48 }
        return 160 + entry.message.utf8.count + entry.module.utf8.count + (entry.requestID?.utf8.count ?? 0) + fields
    }
}

extension LogRing.Filter {
    func passes(_ entry: Logger.Entry) -> Bool {
        entry.level >= levelMin
            && (module.map { entry.module == $0 || entry.module.hasPrefix("\($0).") } ?? true)
            && (requestID.map { entry.requestID == $0 } ?? true)
            && (traceID.map { entry.trace?.traceID == $0 } ?? true)
            && (since.map { entry.time >= $0 } ?? true)
            && (text.map { says($0, entry) } ?? true)
    }

    private func says(_ text: String, _ entry: Logger.Entry) -> Bool {
        text.isEmpty || entry.message.contains(text)
            || entry.fields.contains { $0.name.contains(text) || $0.value.contains(text) }
    }
}
