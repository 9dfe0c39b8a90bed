import JSON

extension TypeReader {
    mutating func readUpcasters() {
        guard let version = document["version"]?.integer, (1...10_000).contains(version) else { return }
        var steps: [Int: (summary: String?, changes: [PlacedChange])] = [:]
        for (index, upcaster) in (document["upcasters"]?.array ?? []).enumerated() {
            let place = ["upcasters", String(index)]
            guard let from = upcaster["from"]?.integer else { continue }
            if from >= version {
                let versions = version == 1 ? "a type of version 1 needs none" : "they go from 1 to \(version - 1)"
                file.report(place + ["from"], "leads beyond version \(version): \(versions), or raise version")
            } else if steps[from] != nil {
                file.report(place + ["from"], "is there already: one upcaster holds all changes from version \(from)")
            }
            steps[from] = (upcaster["description"]?.string, changes(of: upcaster, at: place + ["changes"]))
        }
        // Counted rather than named one by one: a slip in `version` may leave thousands.
        if let missing = (1..<max(1, version)).first(where: { steps[$0] == nil }) {
            file.report(
                ["version"],
                "is \(version), but no upcaster leads from \(missing) to \(missing + 1): "
                    + "add {\"from\": \(missing), \"changes\": […]} to upcasters")
            return
        }
        let ordered = (1..<max(1, version)).compactMap { steps[$0] }
        draft.upcaster = Upcaster(
            steps: ordered.map { .init(summary: $0.summary, changes: $0.changes.map(\.change)) })
        checkTargets(of: ordered.flatMap(\.changes))
    }

    private typealias PlacedChange = (place: [String], change: Upcaster.Change)

    private mutating func changes(of upcaster: JSONValue, at place: [String]) -> [PlacedChange] {
        var changes: [PlacedChange] = []
        for (index, change) in (upcaster["changes"]?.array ?? []).enumerated() {
            guard let (keyword, arguments) = change.object?.first else { continue }
            let here = place + [String(index), keyword]
            if let known = self.change(keyword, arguments, at: here) { changes.append((here, known)) }
        }
        return changes
    }

    /// Nil when something is missing, which the form of the file has reported.
    private mutating func change(_ keyword: String, _ arguments: JSONValue, at place: [String]) -> Upcaster.Change? {
        func texts(_ key: String) -> [String] { arguments[key]?.array?.compactMap(\.string) ?? [] }
        let field = arguments["field"]?.string ?? ""
        let separator = arguments["separator"]?.string ?? ""
        switch keyword {
        case "rename":
            guard let from = arguments["from"]?.string, let to = arguments["to"]?.string else { return nil }
            if from == to { file.report(place + ["to"], "is the name it has already: change it or remove the rename") }
            return .rename(from: from, to: to)
        case "default":
            guard let value = arguments["value"] else { return nil }
            if value.isNull { file.report(place + ["value"], "is null, which means absent: give a value") }
            return .setDefault(field: field, value: value)
        case "remove": return arguments.string.map { .remove(field: $0) }
        case "map":
            guard let values = arguments["values"]?.object else { return nil }
            for (name, value) in values where value.isNull {
                file.report(place + ["values", name], "is null, which means absent: give a value")
            }
            return .map(field: field, values: Dictionary(values.map { ($0.key, $0.value) }) { first, _ in first })
        case "split":
            guard !separator.isEmpty else { return nil }
            let kind = arguments["as"]?.string.flatMap(Field.Kind.init) ?? .string
            return .split(.init(field: field, into: texts("into"), separator: separator, kind: kind))
        case "join":
            guard let into = arguments["into"]?.string else { return nil }
            return .join(.init(fields: texts("fields"), into: into, separator: separator))
        case "function":
            guard let name = arguments.string else { return nil }
            guard let function = functions[name] else {
                file.report(place, unknown: name, "names no function,", among: functions.keys.sorted())
                return nil
            }
            return .function(name: name, function)
        default: return nil
        }
    }

    /// Follows every field that an upcaster makes to the newest version, where it has to be declared.
    private mutating func checkTargets(of changes: [PlacedChange]) {
        let declared = draft.fields.map(\.name)
        for (index, (place, change)) in changes.enumerated() {
            let later = changes.dropFirst(index + 1)
            for name in change.made
            where !declared.contains(name) && !later.contains(where: { $0.change.takes(name) }) {
                file.report(
                    place, unknown: name, "makes a field that the schema does not declare,", among: declared)
            }
        }
    }
}

extension Upcaster.Change {
    /// The fields that are there afterwards because of it.
    fileprivate var made: [String] {
        switch self {
        case .rename(_, let to): [to]
        case .setDefault(let field, _): [field]
        case .split(let split): split.into
        case .join(let join): [join.into]
        case .remove, .map, .function: []
        }
    }

    /// Whether it may use up a field of that name; nobody knows of functions.
    fileprivate func takes(_ name: String) -> Bool {
        switch self {
        case .rename(let from, _): from == name
        case .remove(let field): field == name
        case .split(let split): split.field == name
        case .join(let join): join.fields.contains(name)
        case .function: true
        case .setDefault, .map: false
        }
    }
}
