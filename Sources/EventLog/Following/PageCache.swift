/// The pages that were made last, as many as the bytes allow. Pure.
///
/// The oldest goes first: those who use pages move along the log, so what is oldest is what most of them are past.
struct PageCache<Key: Hashable & Sendable, Page: Sendable>: Sendable {
    private struct Entry: Sendable {
        let page: Page
        let bytes: Int
    }

    private let bytesMax: Int
    private var entries: [Key: Entry] = [:]
    /// As they came. What is before `first` is gone already.
    private var order: [Key] = []
    private var first = 0
    private(set) var bytes = 0

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    var count: Int { entries.count }

    subscript(_ key: Key) -> Page? { entries[key]?.page }

    /// Keeps a page, unless there is one by that key or it takes more than all may.
    mutating func keep(_ page: Page, bytes pageBytes: Int, for key: Key) {
        guard entries[key] == nil, pageBytes <= bytesMax else { return }
        entries[key] = Entry(page: page, bytes: pageBytes)
        order.append(key)
        bytes += pageBytes
        while bytes > bytesMax {
            bytes -= entries.removeValue(forKey: order[first])?.bytes ?? 0
            first += 1
        }
        if first > order.count / 2 {
            order.removeFirst(first)
            first = 0
        }
    }
}
