import System

/// Decides which refusals are told one by one and which are only counted, so that a flood does not fill the log. Pure.
struct RefusalLimit {
    let perWindow: Int
    let window: Duration
    private var windowBegin: Timestamp?
    private var told = 0
    private(set) var tally: RefusalTally?

    init(perWindow: Int, window: Duration) {
        self.perWindow = perWindow
        self.window = window
    }

    enum Decision: Equatable {
        case tell
        /// - Parameter isFirst: whether a window now has something to be told at its end.
        case count(isFirst: Bool)
    }

    /// A refusal after the end of a window begins another; ask for ``close(at:)`` first.
    mutating func take(_ access: Access, at now: Timestamp) -> Decision {
        if windowBegin == nil { windowBegin = now }
        if told < perWindow {
            told += 1
            return .tell
        }
        let isFirst = tally == nil
        var counted = tally ?? RefusalTally(since: now)
        counted.add(access, at: now)
        tally = counted
        return .count(isFirst: isFirst)
    }

    /// What was counted in a window that is over by now, or that is to end whatever the time.
    mutating func close(at now: Timestamp, early: Bool = false) -> RefusalTally? {
        guard let begin = windowBegin, early || now - begin >= window || now < begin else { return nil }
        defer { self = RefusalLimit(perWindow: perWindow, window: window) }
        return tally
    }
}
