import System

/// Counts what has changed, so that an answer can tell whether it is still right without being looked for.
struct Generations {
    /// Entities share counters by their hash: now and then one is forgotten that need not be.
    private static let slotCount = 16_384

    private var slots = [Int](repeating: 0, count: slotCount)
    private var types: [String: Int]
    private var everything = 0

    init(_ types: [String]) { self.types = Dictionary(uniqueKeysWithValues: types.map { ($0, 0) }) }

    func knows(type name: String) -> Bool { types[name] != nil }

    func current(_ subject: ResponseCache.Subject) -> Int {
        switch subject {
        case .entity(let id): slots[Self.slot(id)]
        case .type(let name): types[name] ?? 0
        case .everything: everything
        case .past: 0
        }
    }

    mutating func advance(stream: UUID, category: String) {
        slots[Self.slot(stream)] &+= 1
        types[category, default: 0] &+= 1
        everything &+= 1
    }

    private static func slot(_ id: UUID) -> Int {
        Int(truncatingIfNeeded: (id.low ^ id.high &* 0x9E37_79B9_7F4A_7C15) % UInt64(slotCount))
    }
}
