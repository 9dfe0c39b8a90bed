/// Turns a schema document into rules, and gathers what is wrong with it.
struct SchemaCompiler {
    /// The number of the document's own schema.
    static let root: SchemaRule.Node = 0

    let limits: JSONSchema.Limits
    var inspection = Inspection()
    var nodes: [[SchemaRule]] = []
    var definitions: [MemberName: SchemaRule.Node] = [:]
    /// Where each node was written, to complain about it later.
    private var places: [JSONPointer] = []

    init(limits: JSONSchema.Limits) { self.limits = limits }

    mutating func compile(_ document: JSONValue) throws(JSONProblems) -> [[SchemaRule]] {
        let root = reserve()
        let definitions = document["$defs"]?.object ?? [:]
        // Each has its number first, so that any may refer to any other.
        for (name, _) in definitions {
            self.definitions[MemberName(name)] = descend(to: "$defs", name) { $0.reserve() }
        }
        nodes[root] = rules(of: document)
        for (name, schema) in definitions {
            guard let node = self.definitions[MemberName(name)] else { continue }
            nodes[node] = descend(to: "$defs", name) { $0.rules(of: schema) }
        }
        checkNesting()
        guard inspection.problems.isEmpty else { throw JSONProblems(inspection.problems) }
        return nodes
    }

    private mutating func reserve() -> SchemaRule.Node {
        nodes.append([])
        places.append(inspection.path)
        return nodes.count - 1
    }

    /// The number of the schema at this place.
    mutating func node(_ schema: JSONValue) -> SchemaRule.Node {
        let node = reserve()
        nodes[node] = rules(of: schema)
        return node
    }

    mutating func descend<Result>(to path: String..., look: (inout SchemaCompiler) -> Result) -> Result {
        inspection.path.tokens += path
        defer { inspection.path.tokens.removeLast(path.count) }
        return look(&self)
    }

    private mutating func rules(of schema: JSONValue) -> [SchemaRule] {
        switch schema {
        case .bool(let allowed): return allowed ? [] : [.never]
        case .object(let object):
            var rules: [SchemaRule] = []
            for (keyword, value) in object {
                if let rule = descend(to: keyword, look: { $0.rule(keyword, value) }) { rules.append(rule) }
            }
            if let rule = propertiesRule(object) { rules.append(rule) }
            if let rule = itemsRule(object) { rules.append(rule) }
            return rules
        default:
            inspection.report(.wrongKind(schema, expected: "a schema (an object, true or false)"))
            return []
        }
    }

    /// Refuses schemas that apply to the same value one inside the other too often, or for ever.
    private mutating func checkNesting() {
        var heights: [SchemaRule.Node: Int] = [:]
        for node in nodes.indices where height(of: node, below: 0, &heights) > limits.inPlaceDepth {
            report(at: node, "nests alternatives and references deeper than \(limits.inPlaceDepth): simplify it")
            return
        }
    }

    /// How many schemas apply to one value, one inside the other, from this one on.
    private mutating func height(
        of node: SchemaRule.Node, below depth: Int, _ heights: inout [SchemaRule.Node: Int]
    ) -> Int {
        if let known = heights[node] {
            if known == 0 { report(at: node, "refers to itself without going deeper into the value: break the circle") }
            return known
        }
        guard depth <= limits.inPlaceDepth else { return 1 }
        // Zero marks what is being looked at.
        heights[node] = 0
        var height = 0
        for inner in nodes[node].flatMap(\.inPlace) {
            height = max(height, self.height(of: inner, below: depth + 1, &heights))
        }
        heights[node] = height + 1
        return height + 1
    }

    private mutating func report(at node: SchemaRule.Node, _ message: String) {
        inspection.path = places[node]
        inspection.report(Complaint("$ref", message))
        inspection.path = .root
    }
}
