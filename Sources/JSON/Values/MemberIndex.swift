/// Finds members by name: by walking a small object, by hashing a large one, so that hostile objects with a hundred
/// thousand members cost no more than their size.
struct MemberIndex {
    static let largestWalked = 16

    private let object: JSONObject
    private let places: [MemberName: Int]?

    init(_ object: JSONObject) {
        self.object = object
        if object.count > Self.largestWalked {
            places = Dictionary(
                uniqueKeysWithValues: object.indices.map { (MemberName(object[$0].key), $0) })
        } else {
            places = nil
        }
    }

    subscript(name: String) -> JSONValue? {
        guard let places else { return object[name] }
        return places[MemberName(name)].map { object[$0].value }
    }
}

extension JSONObject {
    func index() -> MemberIndex { MemberIndex(self) }
}

/// A member's name, equal only to the same bytes.
struct MemberName: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: MemberName, right: MemberName) -> Bool { left.text.hasSameBytes(as: right.text) }

    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension String {
    /// Swift's `==` takes different spellings of one character for equal; JSON does not.
    func hasSameBytes(as other: String) -> Bool {
        // Quick and almost always the whole answer, since ASCII has one spelling for each character.
        guard self == other else { return false }
        let left = utf8Span
        let right = other.utf8Span
        return left.isKnownASCII && right.isKnownASCII || left.span.hasSameBytes(as: right.span)
    }
}

extension Span<UInt8> {
    func hasSameBytes(as other: Span<UInt8>) -> Bool {
        count == other.count && indices.allSatisfy { self[$0] == other[$0] }
    }
}
