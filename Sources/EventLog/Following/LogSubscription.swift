import System
import Telemetry

/// Events as they come, in batches, without a gap; see ``LogTail/subscribe(after:filter:)``.
///
/// It goes at its reader's pace and keeps nothing for it: who falls far behind reads from the database until it is close
/// again. It ends when the tail stops, the task is cancelled, or the filter's `upTo` is reached.
public struct LogSubscription: AsyncSequence, Sendable {
    public typealias Element = [Event]
    public typealias Failure = Never

    let tail: LogTail
    let filter: EventFilter
    let after: Int

    public func makeAsyncIterator() -> Iterator { Iterator(tail: tail, filter: filter, position: after) }

    public struct Iterator: AsyncIteratorProtocol {
        let tail: LogTail
        let filter: EventFilter
        /// Everything up to here was looked at, wanted or not.
        public private(set) var position: Int

        init(tail: LogTail, filter: EventFilter, position: Int) {
            self.tail = tail
            self.filter = filter
            self.position = position
        }

        public mutating func next() async -> [Event]? { await next(isolation: nil) }

        public mutating func next(isolation: isolated (any Actor)?) async -> [Event]? {
            while !Task.isCancelled {
                if let upTo = filter.upTo, position >= upTo { return nil }
                switch tail.latest(after: position) {
                case .stopped: return nil
                case .behind(let head):
                    let page = await tail.page(filter, after: position, upTo: head) { (events: $0, end: $1) }
                    guard let page else { continue }
                    position = page.end
                    if !page.events.isEmpty { return page.events }
                case .events(let events):
                    position = events[events.endIndex - 1].position
                    let wanted = events.filter(filter.matches)
                    if !wanted.isEmpty { return wanted }
                case .upToDate: await tail.waitForMore(than: position)
                }
            }
            return nil
        }
    }
}

extension LogTail {
    /// Every wanted event after a position, first what happened already and then what happens.
    ///
    /// - Parameters:
    ///   - position: default where the tail is now: only what is new.
    ///   - filter: says nothing of where to begin; default all.
    public func subscribe(
        after position: ReachedPosition? = nil, filter: EventFilter = EventFilter()
    ) -> LogSubscription {
        LogSubscription(tail: self, filter: filter, after: start(position, filter))
    }

    func start(_ position: ReachedPosition?, _ filter: EventFilter) -> Int {
        precondition(filter.after == nil, "where to begin is said beside the filter")
        return position?.position ?? self.position ?? 0
    }

    enum Latest {
        /// One at least.
        case events([Event])
        case upToDate
        /// Only the database still knows; it has everything up to this position at least.
        case behind(Int)
        case stopped
    }

    func latest(after position: Int) -> Latest {
        state.withLock { state in
            if state.isStopped { return .stopped }
            guard let ring = state.ring else { return .upToDate }
            switch ring.events(after: position, max: configuration.pageEventsMax) {
            case .events(let events): return .events(events)
            case .upToDate: return .upToDate
            case .gone: return .behind(ring.position)
            }
        }
    }

    /// Makes something of a page from the database, in the turn that reading it takes; nil, after a pause, where it cannot
    /// be asked.
    ///
    /// - Parameter make: is given the events, and up to where all that are wanted are among them.
    func page<Result: Sendable>(
        _ filter: EventFilter, after position: Int, upTo head: Int, _ make: @Sendable ([Event], Int) -> Result
    ) async -> Result? {
        var filter = filter
        filter.after = position
        filter.upTo = min(filter.upTo ?? head, head)
        do {
            let (reader, eventsMax, bytesMax) = (reader, configuration.pageEventsMax, configuration.pageBytesMax)
            return try await turns.pass { [filter] in
                if Task.isCancelled { return nil }
                let page = try await reader.page(filter, limit: eventsMax, bytesMax: bytesMax)
                return make(page.events, page.isFull ? page.events.last?.position ?? head : head)
            }
        } catch {
            if !Task.isCancelled { logger.warning("a subscriber cannot read the log", ["error": "\(error)"]) }
            try? await clock.sleep(for: configuration.retryDelay)
            return nil
        }
    }

    func waitForMore(than position: Int) async {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    let isBehind = (state.ring?.position ?? .min) > position
                    if isBehind || state.isStopped || Task.isCancelled { return false }
                    state.waiting[number] = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }
}
