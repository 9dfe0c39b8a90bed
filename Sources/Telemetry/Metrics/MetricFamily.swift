/// What the exposition needs of a family, whatever its kind.
protocol MetricFamily: Sendable {
    var head: MetricHead { get }
    /// How often a series was refused for want of room.
    var overflows: UInt64 { get }
    func write(into writer: inout ExpositionWriter)
}

/// A value that knows its lines in an exposition.
protocol Exposed: Sendable {
    func write(_ head: MetricHead, _ labels: SeriesText, _ writer: inout ExpositionWriter)
}

/// The labels of one series, escaped once when the series is made instead of at every scrape.
struct SeriesText: Sendable {
    static let valueBytesMax = 256

    /// What is between a name and a value: `{method="GET"} `, or a space where there are no labels.
    let closed: [UInt8]
    /// The same with room for one more label: `{method="GET",` or `{`.
    let open: [UInt8]

    init(names: [String], values: [String]) {
        var inner = ""
        for (name, value) in zip(names, values) {
            if !inner.isEmpty { inner += "," }
            inner += "\(name)=\"\(Self.escaped(value))\""
        }
        closed = Array((inner.isEmpty ? " " : "{\(inner)} ").utf8)
        open = Array((inner.isEmpty ? "{" : "{\(inner),").utf8)
    }

    static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A label's value within its limit, whole characters only.
    static func cut(_ value: String) -> String {
        guard value.utf8.count > valueBytesMax else { return value }
        var index = value.utf8.index(value.startIndex, offsetBy: valueBytesMax)
        while index.samePosition(in: value.unicodeScalars) == nil { index = value.utf8.index(before: index) }
        return String(value[..<index])
    }
}
