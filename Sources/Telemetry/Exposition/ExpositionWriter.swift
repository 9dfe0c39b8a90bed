internal import System

/// Builds an exposition byte by byte. Everything that stays the same between scrapes comes in already rendered.
struct ExpositionWriter {
    let format: Exposition
    let wantsCreationTimes: Bool
    private var bytes: [UInt8] = []

    init(format: Exposition, wantsCreationTimes: Bool) {
        self.format = format
        self.wantsCreationTimes = wantsCreationTimes && format == .openMetrics
        bytes.reserveCapacity(64 << 10)
    }

    mutating func head(_ head: MetricHead) {
        let name = format == .text ? head.name : head.baseName
        let type = format == .text && head.type == .info ? MetricHead.Kind.gauge : head.type
        put("# HELP \(name) \(escapedHelp(head.help))\n# TYPE \(name) \(type.rawValue)\n")
        if format == .openMetrics, let unit = head.unit { put("# UNIT \(name) \(unit)\n") }
    }

    mutating func sample(_ name: String, _ suffix: String, _ labels: SeriesText, _ value: UInt64) {
        put(name)
        put(suffix)
        bytes.append(contentsOf: labels.closed)
        put(value)
        endLine()
    }

    mutating func sample(_ name: String, _ suffix: String, _ labels: SeriesText, _ value: Double) {
        put(name)
        put(suffix)
        bytes.append(contentsOf: labels.closed)
        put(value)
        endLine()
    }

    /// A bucket's line without its end, so that an exemplar may follow.
    mutating func bucket(_ name: String, _ labels: SeriesText, _ bound: [UInt8], _ count: UInt64) {
        put(name)
        put("_bucket")
        bytes.append(contentsOf: labels.open)
        bytes.append(contentsOf: bound)
        put(count)
    }

    mutating func exemplar(_ exemplar: Histogram.Exemplar) {
        put(" # {trace_id=\"\(exemplar.trace.traceIDText)\",span_id=\"\(exemplar.trace.spanIDText)\"} ")
        put(exemplar.value)
        put(" ")
        put(exemplar.time.secondsSinceEpoch)
    }

    mutating func endLine() { bytes.append(UInt8(ascii: "\n")) }

    consuming func finished() -> [UInt8] {
        if format == .openMetrics { put("# EOF\n") }
        return bytes
    }

    /// The shortest text that reads back as the same number.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return value.description
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func put(_ value: Double) {
        if value >= 0, let whole = UInt64(exactly: value), whole < 1 << 53 { put(whole) } else { put(Self.text(value)) }
    }

    private mutating func put(_ value: UInt64) {
        var (rest, first) = (value, bytes.count)
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        var last = bytes.count - 1
        while first < last {
            bytes.swapAt(first, last)
            first += 1
            last -= 1
        }
    }

    private func escapedHelp(_ help: String) -> String {
        var escaped = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where format == .openMetrics: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Timestamp {
    /// Seconds since 1970 for Prometheus, exact to the microsecond until the year 2255.
    var secondsSinceEpoch: Double { Double(microsecondsSinceEpoch) / 1e6 }
}
