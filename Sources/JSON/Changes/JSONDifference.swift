/// One place where two documents differ.
public struct JSONDifference: Hashable, Sendable {
    public let path: JSONPointer
    /// Nil when the value is new.
    public let old: JSONValue?
    /// Nil when the value is gone.
    public let new: JSONValue?

    public init(path: JSONPointer, old: JSONValue?, new: JSONValue?) {
        self.path = path
        self.old = old
        self.new = new
    }
}

extension JSONDifference: JSONEncodable {
    /// `{"path", "old", "new"}`, without what is absent.
    public func encode(into writer: inout JSONWriter) {
        writer.object {
            $0.field("path", path)
            if let old { $0.field("old", old) }
            if let new { $0.field("new", new) }
        }
    }
}

extension JSONValue {
    /// The places, as deep as possible, where the target differs from this value; none when they are equal.
    ///
    /// Members are compared by name and elements by index: an element put in front shows as a change of all behind it.
    /// Removed and changed members come first, in our order, then new ones in the target's.
    public func differences(to target: JSONValue) -> [JSONDifference] {
        var comparison = Comparison()
        comparison.compare(self, target)
        return comparison.found
    }
}

/// A walk through two documents at once.
private struct Comparison {
    var found: [JSONDifference] = []
    private var path = JSONPointer.root

    mutating func compare(_ old: JSONValue, _ new: JSONValue) {
        switch (old, new) {
        case (.object(let old), .object(let new)):
            let newIndex = new.index()
            for (name, value) in old { compare(value, newIndex[name], at: name) }
            let oldIndex = old.index()
            for (name, value) in new where oldIndex[name] == nil { compare(nil, value, at: name) }
        case (.array(let old), .array(let new)):
            for index in 0..<max(old.count, new.count) {
                compare(
                    index < old.count ? old[index] : nil, index < new.count ? new[index] : nil, at: String(index))
            }
        default:
            if old != new { found.append(JSONDifference(path: path, old: old, new: new)) }
        }
    }

    private mutating func compare(_ old: JSONValue?, _ new: JSONValue?, at token: String) {
        path.tokens.append(token)
        if let old, let new {
            compare(old, new)
        } else {
            found.append(JSONDifference(path: path, old: old, new: new))
        }
        path.tokens.removeLast()
    }
}
