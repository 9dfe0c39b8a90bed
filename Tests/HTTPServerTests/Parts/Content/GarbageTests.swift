import HTTPServer
import System
import TestSupport
import Testing

/// Whatever a client writes into a header or query is read or refused, and what was read can be written and read again.
@Suite struct GarbageTests {
    private static let seed = UInt64.random(in: 0 ... .max)

    private static let samples = [
        "text/html; charset=\"utf-8\"", "text/*;q=0.5, */*;q=0.001", "gzip;q=1.0, identity;q=0, *", "W/\"a\", \"b,c\"",
        "*",
        "bytes=0-1,5-,-7", "Sun, 06 Nov 1994 08:49:37 GMT", "a=1&b=%20+%C3%BC&c",
        "multipart/form-data; boundary=\"x y\"",
        "\"\\\"\\\\", ";;;,,,===\"\"", "\u{FEFF}\u{0}\u{7F}\u{1F600}",
        "bytes=99999999999999999999-18446744073709551616",
    ]

    private func garbage(_ generator: inout SeededRandom) -> String {
        var bytes = Array((Self.samples.randomElement(using: &generator) ?? "").utf8)
        for _ in 0..<Int.random(in: 0...5, using: &generator) {
            let at = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: at)
            case 1: if at < bytes.count { bytes.remove(at: at) }
            default:
                bytes.insert(contentsOf: (Self.samples.randomElement(using: &generator) ?? "").utf8.prefix(9), at: at)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func garbageIsReadOrRefused() {
        var generator = SeededRandom(seed: Self.seed)
        for _ in 0..<Effort.rounds(10_000) {
            let text = garbage(&generator)
            if let type = MediaType(text) { #expect(MediaType(type.description) == type, "seed \(Self.seed)") }
            if let tag = EntityTag(header: text) {
                #expect(EntityTag(header: tag.description) == tag, "seed \(Self.seed)")
            }
            if let date = Timestamp(httpDate: text) { #expect(date.httpDate == text, "seed \(Self.seed)") }
            if case .part(let range) = ByteRange(header: text, length: 100) {
                #expect(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= 100, "seed \(Self.seed)")
            }
            _ = EntityTag.Condition(header: text)
            _ = Negotiation.mediaType(accept: text, offered: [.json, .html])
            _ = Negotiation.coding(acceptEncoding: text, offered: ContentCoding.allCases)
            _ = try? Parameters(query: text).read(
                .optional("a", .int(), ""), .list("b", of: .text, countMax: 9, ""), .optional("c", .timestamp, ""))
            #expect((try? PercentCoding.decode(PercentCoding.encode(text))) == (text.contains("\0") ? nil : text))
        }
    }
}
