/// A `tsvector`: words with the places where they stand, each with a weight.
public struct TextSearchVector: PostgresValue, Hashable {
    /// How much a word counts: those of a title more than those of a text.
    public enum Weight: UInt16, Sendable, Hashable { case d = 0, c, b, a }

    /// The server's limit for the number of a place; later ones count as this one.
    public static let placeMax = 16_383
    /// The server's limit for the places of one word.
    public static let placesMax = 255
    /// Below the server's limit of a mebibyte for words and places together. Beyond it, the words of the greatest weight that
    /// come first are kept: a text is found by its beginning, and whatever holds it can be stored.
    public static let bytesMax = 1_000_000
    /// The server's limit for one word. Longer ones are left out.
    public static let wordBytesMax = 2_046

    /// A word where it stands. Made for every text that is stored, so it is flat, and sorted by numbers where that will do.
    private struct Occurrence: Sendable, Hashable {
        /// The first eight bytes of the word.
        let key: UInt64
        let word: String
        /// Two bits of weight, then the number.
        let place: UInt16

        init(_ word: String, _ place: UInt16) {
            var key: UInt64 = 0
            var shift: UInt64 = 64
            for byte in word.utf8.prefix(8) {
                shift -= 8
                key |= UInt64(byte) << shift
            }
            self.key = key
            self.word = word
            self.place = place
        }

        static func isBefore(_ left: Occurrence, _ right: Occurrence) -> Bool {
            if left.key != right.key { return left.key < right.key }
            if !left.hasSameWord(as: right) { return left.word.utf8.lexicographicallyPrecedes(right.word.utf8) }
            return left.place & 0x3FFF < right.place & 0x3FFF
        }

        /// By bytes, as the server compares: equal strings may have others.
        func hasSameWord(as other: Occurrence) -> Bool {
            key == other.key && word.utf8.elementsEqual(other.word.utf8)
        }
    }

    /// In order of the words' bytes, then of the places.
    private var occurrences: [Occurrence] = []

    public init() {}

    /// - Parameter words: in the order of the text; each takes the next place.
    public init(_ words: some Sequence<(word: String, weight: Weight)>) {
        occurrences.reserveCapacity(words.underestimatedCount)
        var next = 0
        var bytes = 0
        for (word, weight) in words {
            next = min(next + 1, Self.placeMax)
            let length = word.utf8.count
            guard 1...Self.wordBytesMax ~= length, !word.utf8.contains(0) else { continue }
            occurrences.append(Occurrence(word, weight.rawValue << 14 | UInt16(next)))
            bytes += length + Self.overhead
        }
        if bytes > Self.bytesMax { keepWhatFits() }
        occurrences.sort(by: Occurrence.isBefore)
    }

    /// Of a word with one place, besides its letters: alignment, the number of places, the place.
    private static let overhead = 5

    private mutating func keepWhatFits() {
        var places: [[UInt8]: Int] = [:]
        var bytes = 0
        var kept: [Occurrence] = []
        for weight in [Weight.a, .b, .c, .d] {
            for occurrence in occurrences where occurrence.place >> 14 == weight.rawValue {
                let word = Array(occurrence.word.utf8)
                let count = places[word, default: 0]
                bytes += count == 0 ? word.count + Self.overhead : count < Self.placesMax ? 2 : 0
                if bytes > Self.bytesMax {
                    occurrences = kept
                    return
                }
                places[word] = count + 1
                kept.append(occurrence)
            }
        }
        occurrences = kept
    }

    /// Every word once, in order of its bytes.
    public var words: [String] {
        var words: [String] = []
        for index in occurrences.indices where isFirst(index) { words.append(occurrences[index].word) }
        return words
    }

    private func isFirst(_ index: Int) -> Bool {
        index == 0 || !occurrences[index - 1].hasSameWord(as: occurrences[index])
    }

    public static var postgresType: PostgresType { .tsvector }

    public func encode(into writer: inout BinaryWriter) {
        var count: UInt32 = 0
        for index in occurrences.indices where isFirst(index) { count += 1 }
        writer.append(count)
        var index = 0
        while index < occurrences.count {
            var end = index + 1
            while end < occurrences.count, !isFirst(end) { end += 1 }
            writer.append(utf8: occurrences[index].word)
            writer.append(UInt8(0))
            let places = Self.places(occurrences[index..<end])
            writer.append(UInt16(places.count))
            for place in places { writer.append(place) }
            index = end
        }
    }

    /// At the server's limits the same place comes again, perhaps with another weight; the first one stays.
    private static func places(_ occurrences: ArraySlice<Occurrence>) -> [UInt16] {
        var places: [UInt16] = []
        for occurrence in occurrences where places.count < placesMax {
            if let last = places.last, last & 0x3FFF == occurrence.place & 0x3FFF { continue }
            places.append(occurrence.place)
        }
        return places
    }

    /// Vectors are written and searched, not read back: ask for `search::text` where people want to see one.
    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        throw PostgresError(.decoding, "a tsvector is not read as a value", hint: "select it as text")
    }
}

extension TextSearchVector: PostgresArrayElement {
    public static var postgresArrayType: PostgresType { .tsvectorArray }
}
