public import Catalogue
public import EventLog
public import HTTPServer
public import System
public import Telemetry

/// Answers that were given before, as the bytes that went out. Events make them invalid; their age is only an upper bound.
public final class ResponseCache: Sendable {
    public struct Configuration: Sendable {
        public var listAge: Duration = .seconds(60)
        public var detailAge: Duration = .seconds(300)
        /// What cannot change any more, such as an answer about the past.
        public var staticAge: Duration = .seconds(3_600)
        public var bytesMax = 64 << 20
        /// Larger answers are not kept: one of them would push out many.
        public var entryBytesMax = 1 << 20
        /// What ages are measured by.
        public var clock: any Clock<Duration> = ContinuousClock()

        public init() {}
    }

    /// What an answer is about, and with that, which events end its life.
    public enum Subject: Sendable, Hashable {
        /// One entity alone.
        case entity(UUID)
        /// All entities of a type.
        case type(String)
        /// Entities of any type.
        case everything
        /// Nothing that can change.
        case past
    }

    /// Taken before the database is asked; an answer is kept only if no event came in between.
    public struct Ticket: Sendable {
        let subject: Subject
        let generation: Int
    }

    private let configuration: Configuration
    private let headers: [(name: String, value: String)]
    private let generations: Lock<Generations>
    private let shards: [Shard]
    private let counters: CacheCounters
    /// Since the cache was made.
    private let elapsed: @Sendable () -> Duration

    /// - Parameter headers: what every answer carries.
    public init(
        catalogue: Catalogue, configuration: Configuration = .init(), headers: [(name: String, value: String)],
        metrics: Metrics
    ) {
        self.configuration = configuration
        elapsed = configuration.clock.stopwatch()
        self.headers = headers
        generations = Lock(Generations(catalogue.types.map(\.name)))
        let shards = (0..<Self.shardCount).map { _ in Shard(bytesMax: configuration.bytesMax / Self.shardCount) }
        self.shards = shards
        counters = CacheCounters(metrics)
        metrics.observe("lifeos_cache_bytes", help: "Bytes of cached responses.") {
            Double(shards.reduce(0) { $0 + $1.bytes })
        }
    }

    private static let shardCount = 16

    /// An answer that is still right, with its tag.
    public func find(_ key: String) -> (response: Response, tag: EntityTag?)? {
        let hit = shard(of: key).find(key) { entry in
            entry.expires > elapsed()
                && generations.withLock { $0.current(entry.ticket.subject) } == entry.ticket.generation
        }
        counters.count(isHit: hit != nil)
        return hit.map { ($0.response, $0.tag) }
    }

    /// To be taken before the database is asked.
    public func ticket(_ subject: Subject) -> Ticket {
        Ticket(subject: subject, generation: generations.withLock { $0.current(subject) })
    }

    /// Keeps an answer, unless an event came since the ticket was taken; returns it as it will go out.
    public func keep(_ key: String, _ bytes: [UInt8], tag: EntityTag?, _ ticket: Ticket) -> Response {
        var headers = Headers([("Content-Type", "application/json")] + self.headers)
        if let tag { headers.add("ETag", tag.description) }
        let response = Response(headers: headers, body: .bytes(bytes))
        if bytes.count <= configuration.entryBytesMax,
            generations.withLock({ $0.current(ticket.subject) }) == ticket.generation
        {
            let entry = Entry(
                response: response, tag: tag, ticket: ticket, expires: elapsed() + age(of: ticket.subject),
                bytes: bytes.count)
            counters.count(evicted: shard(of: key).put(key, entry))
        }
        return response
    }

    private func age(of subject: Subject) -> Duration {
        switch subject {
        case .entity: configuration.detailAge
        case .type, .everything: configuration.listAge
        case .past: configuration.staticAge
        }
    }

    /// Ends the life of what these events changed. To be called in the order of the log, before anyone hears of them.
    public func take(_ events: [Event]) {
        generations.withLock { generations in
            for event in events { generations.advance(stream: event.stream, category: event.category) }
        }
    }

    private func shard(of key: String) -> Shard { shards[Int(UInt(bitPattern: key.hashValue) % UInt(Self.shardCount))] }
}

extension ResponseCache {
    public struct Statistics: Sendable {
        public let hits: Int
        public let misses: Int
        public let evictions: Int
        public let entries: Int
        public let bytes: Int
        public let bytesMax: Int
    }

    public var statistics: Statistics {
        let numbers = counters.sinceReset
        return Statistics(
            hits: numbers.hits, misses: numbers.misses, evictions: numbers.evictions,
            entries: shards.reduce(0) { $0 + $1.count },
            bytes: shards.reduce(0) { $0 + $1.bytes }, bytesMax: configuration.bytesMax)
    }

    /// Whether answers about entities of that type are told apart from others.
    func knows(type name: String) -> Bool { generations.withLock { $0.knows(type: name) } }

    public func resetStatistics() { counters.reset() }

    /// Forgets what is about an entity, and every list.
    public func invalidate(entity id: UUID, type: String) {
        generations.withLock { $0.advance(stream: id, category: type) }
    }

    /// Forgets the answers whose address fulfils the condition; returns how many.
    public func invalidate(where matches: (_ key: String) -> Bool) -> Int {
        shards.reduce(0) { $0 + $1.remove(where: matches) }
    }

    public func clear() -> Int { invalidate { _ in true } }
}
