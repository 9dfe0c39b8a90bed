/// The headers of an answer, in order. Names are compared without regard to case.
public struct Headers: Sendable, ExpressibleByDictionaryLiteral {
    public private(set) var pairs: [(name: String, value: String)]

    public init() { pairs = [] }

    public init(_ pairs: [(name: String, value: String)]) { self.pairs = pairs }

    public init(dictionaryLiteral elements: (String, String)...) {
        pairs = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The first value of a name; setting replaces all of them, and `nil` removes them.
    public subscript(name: String) -> String? {
        get { pairs.first { Self.isSame($0.name, name) }?.value }
        set {
            pairs.removeAll { Self.isSame($0.name, name) }
            if let newValue { pairs.append((name, newValue)) }
        }
    }

    /// Adds a value beside those the name already has, as `Set-Cookie` needs it.
    public mutating func add(_ name: String, _ value: String) {
        pairs.append((name, value))
    }

    public func contains(_ name: String) -> Bool { pairs.contains { Self.isSame($0.name, name) } }

    static func isSame(_ left: String, _ right: String) -> Bool {
        // Most names differ in length, and most that are the same are written the same.
        left.utf8.count == right.utf8.count
            && (left == right || zip(left.utf8, right.utf8).allSatisfy { $0 == $1 || fold($0) == fold($1) })
    }

    /// Lower case for the letters, all else as it is.
    static func fold(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
