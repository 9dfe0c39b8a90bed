/// The members of a JSON object, in the order they were written, each name once.
///
/// Lookup walks the members, which beats hashing at the size objects have; whoever looks up many names in an object of
/// unknown size asks `index()`. Names are compared byte for byte: "é" and "e\u{301}" are two names.
public struct JSONObject: Sendable {
    public typealias Element = (key: String, value: JSONValue)

    private var members: [Element]

    public init() { members = [] }

    /// The given members. A name given twice is a mistake of the caller and traps: where names come from outside,
    /// assign them one by one.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        var seen = SeenNames()
        self.members = []
        for (name, value) in members {
            precondition(seen.insert(name, after: self.members), "an object was built with a name given twice")
            self.members.append((name, value))
        }
    }

    /// Members whose names are known to differ.
    init(distinct members: [Element]) { self.members = members }

    /// The member of that name. Assigning nil removes it; a new name goes to the end.
    public subscript(name: String) -> JSONValue? {
        get {
            for index in members.indices where members[index].key.hasSameBytes(as: name) {
                return members[index].value
            }
            return nil
        }
        set {
            let place = members.firstIndex { $0.key.hasSameBytes(as: name) }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    public var names: [String] { members.map(\.key) }
}

extension JSONObject: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { members.count }
    public subscript(position: Int) -> Element { members[position] }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        let index = right.index()
        return left.allSatisfy { index[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        // The order of the members must not matter.
        var sum = 0
        for (key, value) in members {
            var member = Hasher()
            member.combine(key)
            member.combine(value)
            sum &+= member.finalize()
        }
        hasher.combine(sum)
    }
}
