import HTTPServer
import System

/// An answer with what its life depends on.
struct Entry: Sendable {
    let response: Response
    let tag: EntityTag?
    let ticket: ResponseCache.Ticket
    /// Since the cache was made.
    let expires: Duration
    let bytes: Int
}

/// A part of the cache behind its own lock.
///
/// Entries are young or old. When the young ones fill half the room, the old ones go and the young ones grow old; an old one
/// that is asked for is young again. So what is used stays, at the cost of two look-ups and no list.
final class Shard: Sendable {
    private struct State {
        var young: [String: Entry] = [:]
        var old: [String: Entry] = [:]
        var youngBytes = 0
        var oldBytes = 0
    }

    /// What an entry costs besides its answer: key and headers.
    private static let overhead = 512
    private let state = Lock(State())
    private let youngBytesMax: Int

    init(bytesMax: Int) { youngBytesMax = bytesMax / 2 }

    var bytes: Int { state.withLock { $0.youngBytes + $0.oldBytes } }
    var count: Int { state.withLock { $0.young.count + $0.old.count } }

    func find(_ key: String, isRight: (Entry) -> Bool) -> Entry? {
        state.withLock { state in
            if let entry = state.young[key] {
                if isRight(entry) { return entry }
                state.young[key] = nil
                state.youngBytes -= Self.size(entry)
                return nil
            }
            guard let entry = state.old.removeValue(forKey: key) else { return nil }
            state.oldBytes -= Self.size(entry)
            guard isRight(entry) else { return nil }
            _ = put(key, entry, &state)
            return entry
        }
    }

    /// Returns how many others had to go.
    func put(_ key: String, _ entry: Entry) -> Int {
        state.withLock { state in
            if let gone = state.old.removeValue(forKey: key) { state.oldBytes -= Self.size(gone) }
            return put(key, entry, &state)
        }
    }

    private func put(_ key: String, _ entry: Entry, _ state: inout State) -> Int {
        if let former = state.young.updateValue(entry, forKey: key) { state.youngBytes -= Self.size(former) }
        state.youngBytes += Self.size(entry)
        guard state.youngBytes > youngBytesMax else { return 0 }
        let gone = state.old.count
        state.old = state.young
        state.oldBytes = state.youngBytes
        state.young = [:]
        state.youngBytes = 0
        return gone
    }

    func remove(where matches: (String) -> Bool) -> Int {
        state.withLock { state in
            let before = state.young.count + state.old.count
            state.young = state.young.filter { !matches($0.key) }
            state.old = state.old.filter { !matches($0.key) }
            state.youngBytes = state.young.values.reduce(0) { $0 + Self.size($1) }
            state.oldBytes = state.old.values.reduce(0) { $0 + Self.size($1) }
            return before - state.young.count - state.old.count
        }
    }

    private static func size(_ entry: Entry) -> Int { entry.bytes + overhead }
}
