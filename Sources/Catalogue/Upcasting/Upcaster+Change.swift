import JSON

extension Upcaster.Change {
    func apply(to data: inout JSONObject, form: DataForm) {
        switch self {
        case .rename(let old, let new): data.rename(old, to: new)
        case .setDefault(let field, let value):
            // A patch leaves alone what it does not name.
            if form == .whole, data[field] == nil { data[field] = value }
        case .remove(let field): data[field] = nil
        case .map(let field, let values): if let value = data[field] { data[field] = value.mapped(by: values) }
        case .split(let split): split.apply(to: &data, form: form)
        case .join(let join): join.apply(to: &data, form: form)
        case .function(_, let function): data = function(data, form)
        }
    }
}

extension Upcaster.Split {
    fileprivate func apply(to data: inout JSONObject, form: DataForm) {
        guard let value = data[field] else { return }
        data[field] = nil
        let texts = value.text.map { parts(of: $0) } ?? []
        for (index, name) in into.enumerated() {
            let part = index < texts.count ? converted(texts[index]) : nil
            // What the new text no longer holds has to go where an older one had put it.
            data[name] = part ?? (form == .patch ? .null : nil)
        }
    }

    /// As many parts as there are fields at most; the last keeps what is left.
    private func parts(of text: String) -> [String] {
        var parts: [String] = []
        var rest = text[...]
        while parts.count < into.count - 1, let found = rest.firstRange(of: separator) {
            parts.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return (parts + [String(rest)]).map(\.withoutSpaceAround)
    }

    private func converted(_ text: String) -> JSONValue? {
        switch kind {
        case .integer, .number:
            guard let number = JSONNumber(text), kind == .number || number.isWhole else { return nil }
            return .number(number)
        default: return text.isEmpty ? nil : .string(text)
        }
    }
}

extension Upcaster.Join {
    fileprivate func apply(to data: inout JSONObject, form: DataForm) {
        let values = fields.compactMap { data[$0] }
        guard !values.isEmpty else { return }
        for field in fields { data[field] = nil }
        let texts = values.compactMap(\.text)
        if !texts.isEmpty {
            data[into] = .string(texts.joined(separator: separator))
        } else if form == .patch {
            data[into] = .null
        }
    }
}

extension JSONObject {
    /// Renames a member where it stands; what had the new name gives way.
    fileprivate mutating func rename(_ old: String, to new: String) {
        guard self[old] != nil else { return }
        self[new] = nil
        self = JSONObject(lazy.map { name, value in (name == old ? new : name, value) })
    }
}

extension JSONValue {
    /// The value that stands for this one; an array's elements are looked up one by one. Others stay as they are.
    fileprivate func mapped(by values: [String: JSONValue]) -> JSONValue {
        if case .array(let elements) = self { return .array(elements.map { $0.mapped(by: values) }) }
        return text.flatMap { values[$0] } ?? self
    }

    /// A single value as text; nil for null, arrays and objects.
    fileprivate var text: String? {
        switch self {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let flag): String(flag)
        case .null, .array, .object: nil
        }
    }
}

extension String {
    fileprivate var withoutSpaceAround: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
