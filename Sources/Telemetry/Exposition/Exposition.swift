/// The two text formats that Prometheus reads.
public enum Exposition: Sendable, Hashable {
    /// Text format 0.0.4, which everything reads.
    case text
    /// OpenMetrics 1.0.0: units, exemplars, and an end that shows the answer is whole.
    case openMetrics

    /// The value of the `Content-Type` header.
    public var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The format that an `Accept` header prefers. OpenMetrics only for who names it; ``text`` for all others, because
    /// a person with a browser can read it.
    public static func negotiated(accept: String?) -> Exposition {
        var quality: [Exposition: Double] = [:]
        for range in (accept ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { trimmed($0).lowercased() }
            var parameters: [String: String] = [:]
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1).map(trimmed)
                if pair.count == 2 { parameters[pair[0]] = pair[1].filter { $0 != "\"" } }
            }
            let wanted = parameters["q"].map { Double($0) ?? 0 } ?? 1
            switch parts.first {
            case "application/openmetrics-text":
                guard ["1.0.0", "0.0.1", nil].contains(parameters["version"]) else { continue }
                quality[.openMetrics] = max(quality[.openMetrics] ?? 0, wanted)
            case "text/plain":
                quality[.text] = max(quality[.text] ?? 0, wanted)
            default: continue
            }
        }
        let openMetrics = quality[.openMetrics] ?? 0
        return openMetrics > 0 && openMetrics >= quality[.text] ?? 0 ? .openMetrics : .text
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

extension Metrics {
    /// Everything as it is now, families by name and series by label values, so that two scrapes compare line by line.
    public func exposition(_ format: Exposition = .text) -> [UInt8] {
        var writer = ExpositionWriter(format: format, wantsCreationTimes: exposesCreationTimes)
        let families = declared
        for family in families { family.write(into: &writer) }
        let full = families.filter { $0.overflows > 0 }
        if !full.isEmpty { writeOverflows(of: full, into: &writer) }
        return writer.finished()
    }

    private func writeOverflows(of families: [any MetricFamily], into writer: inout ExpositionWriter) {
        let head = MetricHead(
            name: "lifeos_metrics_overflows_total",
            help: "Look-ups of new label values that were counted as other because the family is full.",
            type: .counter, labels: ["metric"])
        writer.head(head)
        for family in families {
            let text = SeriesText(names: head.labels, values: [family.head.name])
            writer.sample(head.name, "", text, family.overflows)
        }
    }
}
