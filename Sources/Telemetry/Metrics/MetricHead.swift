/// What a family says of itself before its series: name, help, type and the names of its labels.
struct MetricHead: Sendable, CustomStringConvertible {
    enum Kind: String {
        case counter, gauge, histogram, info
    }

    let name: String
    let help: String
    let type: Kind
    let labels: [String]

    /// The name without the suffix that its type demands, as OpenMetrics' metadata lines want it.
    var baseName: String {
        switch type {
        case .counter where name.hasSuffix("_total"): String(name.dropLast(6))
        case .info where name.hasSuffix("_info"): String(name.dropLast(5))
        default: name
        }
    }

    /// The base unit that the name ends with, if it does.
    var unit: String? {
        guard let last = baseName.split(separator: "_").last.map(String.init) else { return nil }
        return Self.baseUnits.contains(last) ? last : nil
    }

    var description: String { "\(type.rawValue) \(name)\(labels)" }

    func isSame(as other: MetricHead) -> Bool {
        name == other.name && type == other.type && labels == other.labels
    }
}

extension MetricHead {
    private static let baseUnits: Set<String> = [
        "seconds", "bytes", "ratio", "celsius", "meters", "volts", "amperes", "joules", "grams",
    ]
    private static let scaledUnits: Set<String> = [
        "milliseconds", "microseconds", "nanoseconds", "ms", "minutes", "hours", "days", "bits", "kilobytes",
        "megabytes", "gigabytes", "kib", "mib", "gib", "percent",
    ]
    private static let takenSuffixes = ["_count", "_sum", "_bucket", "_created"]

    /// Why Prometheus or its linter would refuse this, or nil.
    var problem: String? {
        if let problem = nameProblem { return "metric \(name): \(problem)" }
        if help.isEmpty { return "metric \(name): says nothing in its help" }
        for label in labels {
            if let problem = labelProblem(label) { return "metric \(name): label \(label) \(problem)" }
        }
        if Set(labels).count != labels.count { return "metric \(name): names a label twice" }
        return nil
    }

    private var nameProblem: String? {
        guard Self.isIdentifier(name) else { return "a name is made of a-z, 0-9 and _, and begins with a letter" }
        if let suffix = Self.takenSuffixes.first(where: name.hasSuffix) {
            return "\(suffix) is for histograms' samples"
        }
        if (type == .counter) != name.hasSuffix("_total") { return "counters, and only they, end in _total" }
        if (type == .info) != name.hasSuffix("_info") { return "info metrics, and only they, end in _info" }
        let words = name.split(separator: "_").map(String.init)
        if let unit = words.first(where: Self.scaledUnits.contains) { return "use base units instead of \(unit)" }
        if words.contains(type.rawValue), type != .info { return "the type does not belong into the name" }
        return nil
    }

    private func labelProblem(_ label: String) -> String? {
        if !Self.isIdentifier(label) { return "is not made of a-z, 0-9 and _" }
        if label.hasPrefix("__") { return "begins with __, which Prometheus keeps for itself" }
        if label == "le", type == .histogram { return "is the bucket's own" }
        return nil
    }

    private static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, first < UInt8(ascii: "0") || first > UInt8(ascii: "9") else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
