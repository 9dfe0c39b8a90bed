/// A `tsvector`: words with the places where they stand, each with a weight.
public struct TextSearchVector: PostgresValue, Hashable {
    /// How much a word counts: those of a title more than those of a text.
    public enum Weight: UInt16, Sendable, Hashable { case d = 0, c, b, a }

    /// The server's limit for the number of a place; later ones count as this one.
    public static let placeMax = 16_383
    /// The server's limit for the places of one word.
    public static let placesMax = 255

    /// Words in order of their bytes, each with its places in ascending order.
    public private(set) var lexemes: [(word: String, places: [UInt16])]

    /// - Parameter words: in the order of the text; each takes the next place.
    public init(_ words: some Sequence<(word: String, weight: Weight)>) {
        var places: [String: [UInt16]] = [:]
        var next = 0
        for (word, weight) in words {
            next = min(next + 1, Self.placeMax)
            let place = weight.rawValue << 14 | UInt16(next)
            var known = places[word] ?? []
            // At the limit the same place comes again, perhaps with another weight; the first one stays.
            if known.count < Self.placesMax, known.last.map({ $0 & 0x3FFF != UInt16(next) }) ?? true {
                known.append(place)
            }
            places[word] = known
        }
        lexemes = places.map { ($0.key, $0.value) }.sorted { left, right in
            left.0.utf8.lexicographicallyPrecedes(right.0.utf8)
        }
    }

    public static func == (left: TextSearchVector, right: TextSearchVector) -> Bool {
        left.lexemes.elementsEqual(right.lexemes) { $0.word == $1.word && $0.places == $1.places }
    }

    public func hash(into hasher: inout Hasher) {
        for lexeme in lexemes { hasher.combine(lexeme.word) }
    }

    public static var postgresType: PostgresType { .tsvector }

    public func encode(into writer: inout BinaryWriter) {
        writer.append(UInt32(lexemes.count))
        for (word, places) in lexemes {
            writer.append(utf8: word)
            writer.append(UInt8(0))
            writer.append(UInt16(places.count))
            for place in places { writer.append(place) }
        }
    }

    /// Vectors are written and searched, not read back: ask for `search::text` where people want to see one.
    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        throw PostgresError(.decoding, "a tsvector is not read as a value", hint: "select it as text")
    }
}

extension TextSearchVector: PostgresArrayElement {
    public static var postgresArrayType: PostgresType { .tsvectorArray }
}
