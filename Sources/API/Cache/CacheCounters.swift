import System
import Telemetry

/// How well the cache does: for scrapers since the start, for people since they last began to count again.
final class CacheCounters: Sendable {
    struct Numbers: Sendable {
        var hits = 0
        var misses = 0
        var evictions = 0
    }

    private let hits: Counter
    private let misses: Counter
    private let evictions: Counter
    private let base = Lock(Numbers())

    init(_ metrics: Metrics) {
        let lookups = metrics.counter(
            "lifeos_cache_lookups_total", help: "Lookups in the response cache.", labels: ["result"])
        hits = lookups.with("hit")
        misses = lookups.with("miss")
        evictions = metrics.counter("lifeos_cache_evictions_total", help: "Responses evicted to make room.").with()
    }

    func count(isHit: Bool) { (isHit ? hits : misses).increment() }

    func count(evicted: Int) { if evicted > 0 { evictions.increment(by: UInt64(evicted)) } }

    private var total: Numbers {
        Numbers(hits: Int(hits.value), misses: Int(misses.value), evictions: Int(evictions.value))
    }

    var sinceReset: Numbers {
        let (total, base) = (total, base.withLock { $0 })
        return Numbers(
            hits: total.hits - base.hits, misses: total.misses - base.misses,
            evictions: total.evictions - base.evictions)
    }

    func reset() { base.withLock { $0 = total } }
}
