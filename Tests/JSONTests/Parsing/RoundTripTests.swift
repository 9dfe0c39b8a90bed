import JSON
import TestSupport
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func whatIsWrittenReadsBackByteForByte(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let value = random.document()
            let bytes = value.encoded()
            let read = try JSONValue(parsing: bytes)
            #expect(read == value, "seed \(seed)")
            #expect(read.encoded() == bytes, "seed \(seed)")
            #expect(read.canonicalBytes == value.canonicalBytes, "seed \(seed)")
            #expect(read.hashValue == value.hashValue, "seed \(seed)")
        }
    }

    /// Ten thousand damaged documents: each is refused with a place inside it, or is JSON after all.
    @Test func damagedDocumentsAreRefusedOrStillMeanOneThing() throws {
        var random = SeededRandom(seed: 10_000)
        var accepted = 0
        for round in 0..<Effort.rounds(10_000) {
            if round % 100 == 0 { print("damaged documents: seed 10000, round \(round)") }
            var bytes = random.document(depth: 3).encoded()
            for _ in 0..<Int.random(in: 1...3, using: &random) { damage(&bytes, &random) }
            do throws(JSONParseError) {
                let value = try JSONValue(parsing: bytes)
                accepted += 1
                let canonical = value.canonicalBytes
                #expect(try JSONValue(parsing: canonical) == value)
                #expect(try JSONValue(parsing: canonical).canonicalBytes == canonical)
            } catch {
                #expect((0...bytes.count).contains(error.offset) && error.line >= 1 && error.column >= 1)
            }
        }
        #expect((100...9_900).contains(accepted))
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let byte = chosenByte(&random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.insert(byte, at: place)
        case 1 where place < bytes.count: bytes.remove(at: place)
        case 2 where place < bytes.count: bytes[place] = byte
        case 3: bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: bytes.suffix(from: place).prefix(20), at: place)
        }
    }

    private func chosenByte(_ random: inout SeededRandom) -> UInt8 {
        random.chance(0.5)
            ? UInt8.random(in: 0...255, using: &random) : "{}[],:\"\\u0e-+.tfn ".utf8.randomElement(using: &random) ?? 0
    }
}
