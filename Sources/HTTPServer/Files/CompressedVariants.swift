internal import System

/// Keeps files that were compressed once, within a bound of bytes; the one not asked for longest goes first.
final class CompressedVariants: Sendable {
    private struct Entry {
        var tag: EntityTag
        /// `nil` where compressing did not make it smaller.
        var bytes: [UInt8]?
        var lastUse: UInt64

        /// What an entry costs besides its bytes, so that many empty ones are bounded too.
        var cost: Int { (bytes?.count ?? 0) + 256 }
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var bytes = 0
        var uses: UInt64 = 0
    }

    private let bytesMax: Int
    private let state = Lock(State())

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    var bytes: Int { state.withLock { $0.bytes } }

    /// What is known of a file: its compressed bytes, or `nil` where compressing did not make it smaller.
    struct Variant {
        let bytes: [UInt8]?
    }

    /// What is kept of the file in the state that `tag` names.
    func find(_ path: String, _ tag: EntityTag) -> Variant? {
        state.withLock { state in
            guard let entry = state.entries[path], entry.tag == tag else { return nil }
            state.uses += 1
            state.entries[path]?.lastUse = state.uses
            return Variant(bytes: entry.bytes)
        }
    }

    /// Keeps what compressing the file led to. It is done outside the lock: two that ask for the same file at once may
    /// both do it, and nobody waits for them.
    func keep(_ bytes: [UInt8]?, of path: String, _ tag: EntityTag) {
        var entry = Entry(tag: tag, bytes: bytes, lastUse: 0)
        guard entry.cost <= bytesMax else { return }
        state.withLock { state in
            state.uses += 1
            entry.lastUse = state.uses
            if let old = state.entries.updateValue(entry, forKey: path) { state.bytes -= old.cost }
            state.bytes += entry.cost
            while state.bytes > bytesMax, let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
                state.entries[oldest.key] = nil
                state.bytes -= oldest.value.cost
            }
        }
    }
}
