import System
import Telemetry

/// Pages of events in the form that many readers want them in, such as encoded ones: each is made once for all who are at
/// the same place of the log, from memory where the tail has the events, from the database otherwise.
///
///     let pages = EventPages(tail: tail) { events in (encode(events), bytes: …) }
///     for await portion in pages.follow(after: .start) { send(portion.content, portion.parts) }
///
/// Readers that are far behind share ``LogTailConfiguration/catchUpReadsMax`` places at the database and at making pages,
/// so that however many they are, requests find connections and cores.
public final class EventPages<Content: Sendable>: Sendable {
    /// Makes one page; called with one event at least.
    ///
    /// - Returns: the page, in which each event has its index, and what it takes in memory.
    public typealias Make = @Sendable (_ events: [Event]) -> (content: Content, bytes: Int)

    struct Page: Sendable {
        let positions: [Int]
        /// Everything up to here was looked at, wanted or not.
        let end: Int
        /// Nil where no event was wanted.
        let content: Content?
        let bytes: Int
    }

    /// Where a page begins, and what is in it.
    struct Key: Hashable, Sendable {
        let after: Int
        /// Nil for every event.
        let filter: EventFilter?
    }

    private struct State {
        var cache: PageCache<Key, Page>
        /// Pages that somebody makes just now; the others who want them wait.
        var making: [Key: Task<Page?, Never>] = [:]
    }

    private enum Found {
        case kept(Page)
        case coming(Task<Page?, Never>)
    }

    let tail: LogTail
    private let make: Make
    private let state: Lock<State>

    public init(tail: LogTail, make: @escaping Make) {
        self.tail = tail
        self.make = make
        state = Lock(State(cache: PageCache(bytesMax: tail.configuration.pagesKeptBytesMax)))
    }

    /// Bytes that are kept at the moment.
    var bytesKept: Int { state.withLock { $0.cache.bytes } }

    /// The page that begins there; nil where the database cannot be asked, after a pause.
    func page(_ key: Key, upTo head: Int) async -> Page? {
        let found = state.withLock { state -> Found in
            if let page = state.cache[key] { return .kept(page) }
            if let task = state.making[key] { return .coming(task) }
            let task = Task { await self.makePage(key, upTo: head) }
            state.making[key] = task
            return .coming(task)
        }
        switch found {
        case .kept(let page):
            tail.metrics.pagesShared.increment()
            return page
        case .coming(let task): return await task.value
        }
    }

    private func makePage(_ key: Key, upTo head: Int) async -> Page? {
        let page = await read(key, upTo: head)
        if page != nil { tail.metrics.pagesMade.increment() }
        state.withLock { state in
            state.making[key] = nil
            if let page { state.cache.keep(page, bytes: page.bytes, for: key) }
        }
        return page
    }

    private func read(_ key: Key, upTo head: Int) async -> Page? {
        if let filter = key.filter {
            return await tail.page(filter, after: key.after, upTo: head) { self.page($0, endingAt: $1) }
        }
        // Pages end at fixed places, so that those who began elsewhere come together.
        let length = tail.configuration.pageEventsMax
        let end = min(head, (key.after / length + 1) * length)
        if case .events(let events) = tail.latest(after: key.after) {
            let some = events.prefix(while: { $0.position <= end })
            let fitting = Array(some.prefix(fitting: tail.configuration.pageBytesMax))
            return page(fitting, endingAt: fitting.last?.position ?? end)
        }
        return await tail.page(EventFilter(), after: key.after, upTo: end) { self.page($0, endingAt: $1) }
    }

    private func page(_ events: [Event], endingAt end: Int) -> Page {
        let made = events.isEmpty ? nil : make(events)
        let overhead = 300 + events.count * MemoryLayout<Int>.stride
        return Page(
            positions: events.map(\.position), end: end, content: made?.content, bytes: (made?.bytes ?? 0) + overhead)
    }
}

extension EventPages {
    /// Every wanted event after a position, first what happened already and then what happens. Ends when the tail stops,
    /// the task is cancelled, or the filter's `upTo` is reached.
    ///
    /// - Parameters:
    ///   - position: default where the tail is now: only what is new.
    ///   - filter: says nothing of where to begin; default all.
    public func follow(after position: ReachedPosition? = nil, filter: EventFilter = EventFilter()) -> Portions {
        Portions(pages: self, filter: filter, after: tail.start(position, filter))
    }

    /// Some of the events of a page.
    public struct Portion: Sendable {
        public let content: Content
        /// The indexes of those that are wanted; never none.
        public let parts: [Range<Int>]
    }

    public struct Portions: AsyncSequence, Sendable {
        public typealias Element = Portion
        public typealias Failure = Never

        let pages: EventPages
        let filter: EventFilter
        let after: Int

        public func makeAsyncIterator() -> Iterator { Iterator(pages, filter, after) }
    }

    public struct Iterator: AsyncIteratorProtocol {
        private let pages: EventPages
        /// Without its end.
        private let filter: EventFilter
        private let upTo: Int?
        private let wantsAll: Bool
        /// Everything up to here was looked at, wanted or not.
        public private(set) var position: Int

        init(_ pages: EventPages, _ filter: EventFilter, _ position: Int) {
            self.pages = pages
            self.position = position
            upTo = filter.upTo
            var filter = filter
            filter.upTo = nil
            self.filter = filter
            wantsAll = filter == EventFilter()
        }

        public mutating func next() async -> Portion? { await next(isolation: nil) }

        public mutating func next(isolation: isolated (any Actor)?) async -> Portion? {
            while !Task.isCancelled {
                if let upTo, position >= upTo { return nil }
                switch pages.tail.latest(after: position) {
                case .stopped: return nil
                case .upToDate: await pages.tail.waitForMore(than: position)
                case .behind(let head):
                    let key = Key(after: position, filter: wantsAll ? nil : boundFilter)
                    guard let page = await pages.page(key, upTo: head) else { continue }
                    if let portion = take(page, upTo: page.end, { _ in true }) { return portion }
                case .events(let events):
                    let known = events[events.count - 1].position
                    let wanted = wantsAll ? nil : Set(events.lazy.filter(filter.matches).map(\.position))
                    guard let page = await pages.page(Key(after: position, filter: nil), upTo: known) else { continue }
                    // Others may have made the page later: what it holds of newer events was not compared with the filter.
                    let end = wanted == nil ? page.end : min(page.end, known)
                    if let portion = take(page, upTo: end, { wanted?.contains($0) ?? true }) { return portion }
                }
            }
            return nil
        }

        /// The database need not look beyond what is wanted.
        private var boundFilter: EventFilter {
            var bound = filter
            bound.upTo = upTo
            return bound
        }

        /// Continues to `end` with what is wanted up to there; nil where that is nothing.
        private mutating func take(_ page: Page, upTo end: Int, _ isWanted: (Int) -> Bool) -> Portion? {
            position = end
            guard let content = page.content else { return nil }
            let last = min(end, upTo ?? end)
            var parts: [Range<Int>] = []
            for (index, position) in page.positions.enumerated() where position <= last && isWanted(position) {
                if let part = parts.last, part.upperBound == index {
                    parts[parts.count - 1] = part.lowerBound..<index + 1
                } else {
                    parts.append(index..<index + 1)
                }
            }
            return parts.isEmpty ? nil : Portion(content: content, parts: parts)
        }
    }
}

extension Sequence<Event> {
    /// As many of the first as do not take more bytes, but one at least.
    func prefix(fitting bytesMax: Int) -> [Event] {
        var (bytes, events): (Int, [Event]) = (0, [])
        for event in self {
            bytes += event.byteCount
            if bytes > bytesMax, !events.isEmpty { break }
            events.append(event)
        }
        return events
    }
}
