import JSON

/// What data have to be like so that everything made of them can be stored, and read again. Refused at the door with words;
/// what comes from the log all the same is put right by `RowRules`.
enum StorableData {
    /// A document nests deeper than its data, and answers nest deeper than that.
    static let depthMax = 64
    /// A document holds more than its data: its tags and links. Patch after patch could make one that no reader takes.
    static let valuesMax = 900_000

    static func problems(in data: JSONValue) -> [JSONProblem] {
        var count = 0
        if isFine(data, depth: 1, &count) { return [] }
        var problems: [JSONProblem] = []
        if count > valuesMax {
            problems.append(
                JSONProblem(
                    keyword: "maxItems", message: "Hold at most \(valuesMax) values. Spread them over several entities."
                ))
        }
        look(into: data, .root, &problems)
        return problems
    }

    private static func isFine(_ value: JSONValue, depth: Int, _ count: inout Int) -> Bool {
        count += 1
        if count > valuesMax { return false }
        switch value {
        case .number(let number): return number.isStorable
        case .string(let text): return !text.utf8.contains(0)
        case .array(let elements):
            return depth <= depthMax && elements.allSatisfy { isFine($0, depth: depth + 1, &count) }
        case .object(let members):
            return depth <= depthMax
                && members.allSatisfy { !$0.key.utf8.contains(0) && isFine($0.value, depth: depth + 1, &count) }
        default: return true
        }
    }

    private static func look(into value: JSONValue, _ pointer: JSONPointer, _ problems: inout [JSONProblem]) {
        if problems.count >= JSONProblems.mostReported { return }
        switch value {
        case .number(let number) where !number.isStorable:
            add(pointer, "number", "Use an exponent from -400 to 400.", &problems)
        case .string(let text) where text.utf8.contains(0): add(pointer, "pattern", noNUL, &problems)
        case .array, .object:
            if pointer.tokens.count >= depthMax {
                return add(pointer, "maxDepth", "Nest arrays and objects at most \(depthMax) deep.", &problems)
            }
            for (index, element) in (value.array ?? []).enumerated() {
                look(into: element, pointer.appending(index), &problems)
            }
            for (name, member) in value.object ?? [:] {
                let place = pointer.appending(name)
                if name.utf8.contains(0) { add(pointer, "pattern", noNUL, &problems) }
                look(into: member, place, &problems)
            }
        default: break
        }
    }

    private static let noNUL = "Leave out the character U+0000."

    private static func add(
        _ pointer: JSONPointer, _ keyword: String, _ message: String, _ problems: inout [JSONProblem]
    ) {
        problems.append(JSONProblem(pointer: pointer, keyword: keyword, message: message))
    }
}
