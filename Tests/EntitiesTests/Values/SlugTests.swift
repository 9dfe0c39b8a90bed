import Entities
@_spi(_Unicode) import Swift
import TestSupport
import Testing

/// A slug is a name's one form. `DELETE …/tags/i̇stanbul` once made another slug of the slug and took no tag away.
@Suite struct SlugTests {
    /// Every scalar there is, by itself and between letters, as a capital and small, composed and decomposed.
    @Test func everyScalarHasOneSlugWhichIsItsOwnSlug() async {
        var failures: [String] = []
        for scalar in Self.scalars {
            // Seconds of computing: other tests of this thread are let in.
            if scalar.value % 256 == 0 { await Task.yield() }
            for text in ["\(scalar)", "a\(scalar)b\(scalar)"] {
                let slugs = Set(Self.forms(of: text).map { Slug.of($0).map { Self.bytes($0) } })
                let again = Set(
                    slugs.map { slug in
                        slug.flatMap { Slug.of(String(decoding: $0, as: UTF8.self)) }.map { Self.bytes($0) }
                    })
                if slugs.count != 1 || slugs != again {
                    failures.append("U+\(String(scalar.value, radix: 16)): \(slugs) and then \(again)")
                }
            }
        }
        #expect(failures.isEmpty, "\(failures.count): \(failures.prefix(20))")
    }

    /// Letters that meet only once what stood between them has gone, and words that are cut.
    @Test func randomTextsHaveOneSlugEach() {
        var random = SeededRandom.forTest()
        let seed = random.seed
        for _ in 0..<Effort.rounds(3_000) {
            let text = String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 1...40, using: &random)).map { _ in Self.awkward(using: &random) }))
            let slug = Slug.of(text)
            for form in Self.forms(of: text) where Slug.of(form).map({ Self.bytes($0) }) != slug.map({ Self.bytes($0) })
            {
                Issue.record("seed \(seed): \(Self.bytes(text)) and \(Self.bytes(form))")
            }
            guard let slug else { continue }
            #expect(Slug.of(slug).map { Self.bytes($0) } == Self.bytes(slug), "seed \(seed): \(Self.bytes(text))")
            for word in Words.of(text) where Words.of(word).map({ Self.bytes($0) }) != [Self.bytes(word)] {
                Issue.record("seed \(seed): the word \(Self.bytes(word)) is another when it is typed")
            }
        }
    }

    @Test(arguments: [
        ("İstanbul", "istanbul"), ("i̇stanbul", "istanbul"), ("ISTANBUL", "istanbul"), ("Straße", "strasse"),
        ("STRASSE", "strasse"), ("Sci Fi", "sci-fi"), ("Crème brûlée", "creme-brulee"), ("Κόσμος", "κόσμος"),
        ("ΚΌΣΜΟΣ", "κόσμος"), ("Йога", "йога"), ("И\u{306}ога", "йога"), ("Việt Nam", "việt-nam"),
        ("Vie\u{302}\u{323}t Nam", "việt-nam"), ("한국", "한국"), ("\u{1112}\u{1161}\u{11AB}국", "한국"),
        ("don't", "dont"), ("null", "null"), ("ﬁne", "fine"), ("!?", nil), (String(repeating: "x ", count: 41), nil),
    ])
    func namesHaveTheSlugThatPeopleExpect(_ name: String, _ slug: String?) {
        #expect(Slug.of(name).map { Self.bytes($0) } == slug.map { Self.bytes($0) })
    }

    /// All that mean anything.
    private static var scalars: some Sequence<Unicode.Scalar> {
        (0...0x10FFFF).lazy.compactMap { Unicode.Scalar($0 as UInt32) }.filter { scalar in
            ![.unassigned, .privateUse].contains(scalar.properties.generalCategory)
        }
    }

    /// The ways to write the text, each once.
    private static func forms(of text: String) -> [String] {
        var forms: [String] = []
        // Case is well defined of normalised text alone: the capital of U+0345 is a letter, which marks cannot be moved across.
        let composed = string(text._nfc)
        for cased in [text, composed.uppercased(), composed.lowercased()] {
            for form in [cased, string(cased._nfc), string(cased._nfd)]
            where !forms.contains(where: { $0.utf8.elementsEqual(form.utf8) }) {
                forms.append(form)
            }
        }
        return forms
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }

    /// Equal strings may have other bytes, and the database compares bytes.
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func awkward(using random: inout SeededRandom) -> Unicode.Scalar {
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0xC0...0x24F, 0x300...0x36F, 0x370...0x3FF, 0x400...0x45F, 0x900...0x9FF, 0x1100...0x11FF,
            0x1E00...0x1FFF, 0x2019...0x2019, 0x2126...0x212B, 0x3041...0x309A, 0x4E00...0x4E20, 0xAC00...0xAC30,
            0xFB00...0xFB06, 0xFF21...0xFF5A, 0x1F600...0x1F610,
        ]
        let range = ranges[Int.random(in: ranges.indices, using: &random)]
        return Unicode.Scalar(UInt32.random(in: range, using: &random)) ?? "a"
    }
}
