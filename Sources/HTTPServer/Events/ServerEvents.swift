/// Several events, encoded one behind the other: made once, and sent to any number of clients without being copied for
/// each.
public struct ServerEvents: Sendable {
    private var bytes: [UInt8] = []
    /// Where each of them ends.
    private var ends: [Int] = []

    public init() {}

    public var count: Int { ends.count }
    /// What they take in memory, about.
    public var byteCount: Int { bytes.count + ends.count * MemoryLayout<Int>.stride }

    public mutating func append(_ event: ServerEvent) {
        bytes += event.encoded
        ends.append(bytes.count)
    }

    /// The bytes of some that follow each other; they share their memory with all the others.
    func bytes(of part: Range<Int>) -> ArraySlice<UInt8> {
        if part.isEmpty { return [] }
        let start = part.lowerBound == 0 ? 0 : ends[part.lowerBound - 1]
        return bytes[start..<ends[part.upperBound - 1]]
    }
}
