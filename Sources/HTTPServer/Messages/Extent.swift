/// A stretch of a byte array, in eight bytes.
struct Extent: Sendable, Equatable {
    private var first: UInt32 = 0
    private var length: UInt32 = 0

    init() {}

    init(start: Int, count: Int) {
        first = UInt32(truncatingIfNeeded: start)
        length = UInt32(truncatingIfNeeded: count)
    }

    var start: Int { Int(first) }
    var count: Int { Int(length) }
    var end: Int { start + count }
    var range: Range<Int> { start..<end }

    func shifted(by offset: Int) -> Extent { Extent(start: start + offset, count: count) }
}
