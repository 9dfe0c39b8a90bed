import EventLog

/// Counts events by category. There are few categories, and the next event is mostly of the same as the last.
struct CategoryCount {
    private var names: [[UInt8]] = []
    private var numbers: [Int] = []
    private var last = 0

    mutating func take(_ row: Span<UInt8>) {
        let name = row.extracting(EventRows.category(in: row))
        if !names.indices.contains(last) || !Self.areEqual(names[last], name) {
            if let known = names.firstIndex(where: { Self.areEqual($0, name) }) {
                last = known
            } else {
                names.append(name.indices.map { name[$0] })
                numbers.append(0)
                last = names.count - 1
            }
        }
        numbers[last] += 1
    }

    var counts: [String: Int] {
        Dictionary(zip(names.map { String(decoding: $0, as: UTF8.self) }, numbers), uniquingKeysWith: +)
    }

    private static func areEqual(_ known: [UInt8], _ name: Span<UInt8>) -> Bool {
        guard known.count == name.count else { return false }
        for index in name.indices where known[index] != name[index] { return false }
        return true
    }
}
