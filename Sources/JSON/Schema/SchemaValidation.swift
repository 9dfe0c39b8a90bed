/// One value on its way through one schema.
struct SchemaValidation {
    let nodes: [[SchemaRule]]
    private var inspection = Inspection()
    private var isExhausted = false
    private var depthLeft: Int
    private var stepsLeft: Int

    init(nodes: [[SchemaRule]], limits: JSONSchema.Limits) {
        self.nodes = nodes
        depthLeft = limits.depth
        stepsLeft = limits.steps
    }

    mutating func problems(in value: JSONValue) -> [JSONProblem] {
        let problems = problems(of: value, against: SchemaCompiler.root)
        // Said at the end, lest a `not` turn "could not be checked" into "valid".
        return isExhausted ? problems + [Self.exhaustion] : problems
    }

    private static let exhaustion = JSONProblem(
        keyword: "limit", message: "takes too long to check: send something smaller or flatter")

    private mutating func check(_ value: JSONValue, against node: SchemaRule.Node) {
        guard !inspection.isFull, !isExhausted else { return }
        guard depthLeft > 0, stepsLeft > 0 else {
            isExhausted = true
            return
        }
        depthLeft -= 1
        stepsLeft -= 1
        for rule in nodes[node] { check(value, by: rule) }
        depthLeft += 1
    }

    private mutating func check(_ value: JSONValue, by rule: SchemaRule) {
        switch rule {
        case .never: inspection.report(Complaint("false", "is not allowed: remove it"))
        case .type(let kinds):
            if !kinds.allow(value) { inspection.report(.wrongKind(value, expected: kinds.description)) }
        case .among(let values, let keyword):
            if !values.contains(value) { inspection.report(.notAmong(values, keyword: keyword)) }
        case .allOf(let nodes): for node in nodes { check(value, against: node) }
        case .anyOf(let nodes): checkAny(value, of: nodes)
        case .oneOf(let nodes): checkOne(value, of: nodes)
        case .not(let node):
            if problems(of: value, against: node).isEmpty {
                inspection.report(Complaint("not", "has the very form that is excluded here: change it"))
            }
        default:
            switch value {
            case .number(let number): check(number, by: rule)
            case .string(let text): check(text, by: rule)
            case .array(let elements): check(elements, by: rule)
            case .object(let object): check(object, by: rule)
            case .null, .bool: break
            }
        }
    }

    private func problem(_ number: JSONNumber, by rule: SchemaRule) -> Complaint? {
        switch rule {
        case .minimum(let minimum) where number < minimum: .below(minimum)
        case .maximum(let maximum) where number > maximum: .above(maximum)
        case .exclusiveMinimum(let bound) where number <= bound:
            Complaint("exclusiveMinimum", "must be greater than \(bound)")
        case .exclusiveMaximum(let bound) where number >= bound:
            Complaint("exclusiveMaximum", "must be less than \(bound)")
        case .multipleOf(let divisor, let decimal) where !number.decimal.isMultiple(of: decimal):
            Complaint("multipleOf", "must be a multiple of \(divisor)")
        default: nil
        }
    }

    private mutating func check(_ number: JSONNumber, by rule: SchemaRule) {
        if let complaint = problem(number, by: rule) { inspection.report(complaint) }
    }

    private mutating func check(_ text: String, by rule: SchemaRule) {
        switch rule {
        case .minLength(let minimum) where text.isShorter(than: minimum):
            let length = text.unicodeScalars.count
            inspection.report(.tooFew("minLength", .character, minimum: minimum, actual: length))
        case .maxLength(let maximum) where text.isLonger(than: maximum):
            let length = text.unicodeScalars.count
            inspection.report(.tooMany("maxLength", .character, maximum: maximum, actual: length))
        case .pattern(let pattern) where !pattern.matches(text):
            inspection.report(Complaint("pattern", "must match the pattern \(pattern.source)"))
        case .format(let format) where !format.accepts(text):
            inspection.report(Complaint("format", "must be \(format.explanation)"))
        default: break
        }
    }

    private mutating func check(_ elements: [JSONValue], by rule: SchemaRule) {
        switch rule {
        case .minItems(let minimum) where elements.count < minimum:
            inspection.report(.tooFew("minItems", .element, minimum: minimum, actual: elements.count))
        case .maxItems(let maximum) where elements.count > maximum:
            inspection.report(.tooMany("maxItems", .element, maximum: maximum, actual: elements.count))
        case .uniqueItems:
            var places: [JSONValue: Int] = [:]
            for (index, element) in elements.enumerated() {
                guard let first = places.updateValue(index, forKey: element) else { continue }
                let message = "must hold each value once: elements \(first) and \(index) are equal"
                return inspection.report(Complaint("uniqueItems", message))
            }
        case .items(let prefix, let rest):
            for (index, element) in elements.enumerated() where !inspection.isFull {
                guard let node = index < prefix.count ? prefix[index] : rest else { break }
                descend(to: String(index), element, against: node)
            }
        default: break
        }
    }

    private mutating func check(_ object: JSONObject, by rule: SchemaRule) {
        switch rule {
        case .minProperties(let minimum) where object.count < minimum:
            inspection.report(.tooFew("minProperties", .member, minimum: minimum, actual: object.count))
        case .maxProperties(let maximum) where object.count > maximum:
            inspection.report(.tooMany("maxProperties", .member, maximum: maximum, actual: object.count))
        case .required(let names):
            let index = object.index()
            for name in names where index[name] == nil { inspection.report(.missing, at: name) }
        case .propertyNames(let node):
            for (name, _) in object where !inspection.isFull {
                descend(to: name, .string(name), against: node)
            }
        case .properties(let properties):
            for (name, value) in object where !inspection.isFull { check(value, named: name, by: properties) }
        default: break
        }
    }

    private mutating func check(_ value: JSONValue, named name: String, by properties: SchemaRule.Properties) {
        var isKnown = false
        if let node = properties.named[MemberName(name)] {
            isKnown = true
            descend(to: name, value, against: node)
        }
        for (pattern, node) in properties.patterns where pattern.matches(name) {
            isKnown = true
            descend(to: name, value, against: node)
        }
        if isKnown { return }
        switch properties.rest {
        case .allowed: break
        case .refused: inspection.report(.unknown(known: properties.names), at: name)
        case .node(let node): descend(to: name, value, against: node)
        }
    }

    private mutating func descend(to token: String, _ value: JSONValue, against node: SchemaRule.Node) {
        inspection.path.tokens.append(token)
        check(value, against: node)
        inspection.path.tokens.removeLast()
    }
}

extension SchemaValidation {
    /// What would be wrong with the value, without reporting it.
    private mutating func problems(of value: JSONValue, against node: SchemaRule.Node) -> [JSONProblem] {
        let before = inspection.problems
        inspection.problems = []
        check(value, against: node)
        defer { inspection.problems = before }
        return inspection.problems
    }

    private mutating func checkAny(_ value: JSONValue, of nodes: [SchemaRule.Node]) {
        var nearest: [JSONProblem]?
        for node in nodes {
            let problems = problems(of: value, against: node)
            if problems.isEmpty { return }
            if problems.count < nearest?.count ?? .max { nearest = problems }
        }
        reportNone("anyOf", of: nodes.count, nearest: nearest ?? [])
    }

    private mutating func checkOne(_ value: JSONValue, of nodes: [SchemaRule.Node]) {
        var matches: [Int] = []
        var nearest: [JSONProblem]?
        for (index, node) in nodes.enumerated() {
            let problems = problems(of: value, against: node)
            if problems.isEmpty { matches.append(index) }
            if problems.count < nearest?.count ?? .max { nearest = problems }
        }
        if matches.isEmpty {
            reportNone("oneOf", of: nodes.count, nearest: nearest ?? [])
        } else if matches.count > 1 {
            let list = matches.map { String($0 + 1) }.joined(separator: " and ")
            inspection.report(Complaint("oneOf", "must fit one alternative alone, and fits \(list)"))
        }
    }

    private mutating func reportNone(_ keyword: String, of count: Int, nearest: [JSONProblem]) {
        let advice = nearest.prefix(3).map(\.description).joined(separator: "; ")
        inspection.report(Complaint(keyword, "must fit one of \(count) alternatives; for the nearest, \(advice)"))
    }
}

/// Lengths in Unicode scalars. Each takes one to four bytes, so that the number of bytes mostly answers.
extension String {
    fileprivate func isLonger(than most: Int) -> Bool { utf8.count > most && unicodeScalars.count > most }

    fileprivate func isShorter(than least: Int) -> Bool { utf8.count / 4 < least && unicodeScalars.count < least }
}
