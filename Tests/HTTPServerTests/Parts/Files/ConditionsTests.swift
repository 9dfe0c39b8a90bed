import HTTPServer
import System
import Testing

@Suite struct HTTPDateTests {
    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Wed, 31 Dec 1969 23:59:59 GMT", -1), ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ] as [(String, Int64)])
    func aDateIsReadAndWritten(text: String, seconds: Int64) {
        #expect(Timestamp(httpDate: text)?.microsecondsSinceEpoch == seconds * 1_000_000)
        #expect(Timestamp(microsecondsSinceEpoch: seconds * 1_000_000).httpDate == text)
        #expect(Timestamp(microsecondsSinceEpoch: seconds * 1_000_000 + 999_999).httpDate == text)
    }

    @Test func daysOfFourCenturiesComeBack() {
        for day in stride(from: Int64(-40_000), through: 106_097, by: 7 * 11 - 1) {
            let moment = Timestamp(microsecondsSinceEpoch: (day * 86_400 + 45_296) * 1_000_000)
            guard Timestamp(httpDate: moment.httpDate) == moment else {
                Issue.record("\(moment) came back as another")
                return
            }
        }
    }

    @Test(arguments: [
        "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:60 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 19x4 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37+GMT", "Sün, 06 Nov 994 08:49:37 GMT",
        "Thu, 29 Feb 2023 00:00:00 GMT",
    ])
    func whatIsNoDateIsRefused(text: String) {
        #expect(Timestamp(httpDate: text) == nil)
    }
}

@Suite struct EntityTagTests {
    @Test(arguments: [
        ("\"a\"", "\"a\""), ("W/\"a\"", "W/\"a\""), ("\"\"", "\"\""), (" \"a,b\" ", "\"a,b\""), ("\"ü\"", "\"ü\""),
    ])
    func aTagIsReadAndWritten(text: String, expected: String) {
        #expect(EntityTag(header: text)?.description == expected)
    }

    @Test(arguments: [
        "", "a", "\"a", "a\"", "w/\"a\"", "W/a", "W \"a\"", "\"a\"\"b\"", "\"a b\"", "*", "\"a\u{7F}\"", "\"a\",",
    ])
    func aMalformedTagIsRefused(text: String) {
        #expect(EntityTag(header: text) == nil)
    }

    @Test(
        arguments: [
            ("*", .any), (" * ", .any), ("\"a\"", .tags([EntityTag("a")])),
            ("\"a\", W/\"b\"", .tags([EntityTag("a"), EntityTag("b", isWeak: true)])),
            ("\"a\" ,\"b\"", .tags([EntityTag("a"), EntityTag("b")])),
            ("", nil), ("*, \"a\"", nil), ("\"a\",", nil), ("\"a\" \"b\"", nil), ("a", nil), ("3", nil),
        ] as [(String, EntityTag.Condition?)])
    func aConditionIsRead(text: String, expected: EntityTag.Condition?) {
        #expect(EntityTag.Condition(header: text) == expected)
    }

    @Test func tooManyTagsAreRefused() {
        func list(_ count: Int) -> String { Array(repeating: "\"a\"", count: count).joined(separator: ",") }
        #expect(EntityTag.Condition(header: list(EntityTag.Condition.tagCountMax)) != nil)
        #expect(EntityTag.Condition(header: list(EntityTag.Condition.tagCountMax + 1)) == nil)
    }
}

@Suite struct PreconditionsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var headers: [String: String]
        var isRead = true
        var tag: String? = "\"now\""
        var modified: String? = "Sun, 06 Nov 1994 08:49:37 GMT"
        var expected: Preconditions.Outcome

        var testDescription: String { "\(headers) \(isRead ? "read" : "write") → \(expected)" }
    }

    @Test(arguments: [
        Case(headers: [:], expected: .proceed),
        Case(headers: ["If-Match": "\"now\""], isRead: false, expected: .proceed),
        Case(headers: ["If-Match": "\"old\", \"now\""], isRead: false, expected: .proceed),
        Case(headers: ["If-Match": "\"old\""], isRead: false, expected: .failed),
        Case(headers: ["If-Match": "W/\"now\""], isRead: false, expected: .failed),
        Case(headers: ["If-Match": "*"], isRead: false, expected: .proceed),
        Case(headers: ["If-Match": "*"], isRead: false, tag: nil, expected: .failed),
        Case(headers: ["If-Match": "\"now\""], isRead: false, tag: "W/\"now\"", expected: .failed),
        Case(headers: ["If-None-Match": "*"], isRead: false, expected: .failed),
        Case(headers: ["If-None-Match": "*"], isRead: false, tag: nil, expected: .proceed),
        Case(headers: ["If-None-Match": "\"now\""], expected: .notModified),
        Case(headers: ["If-None-Match": "W/\"now\""], expected: .notModified),
        Case(headers: ["If-None-Match": "\"old\""], expected: .proceed),
        Case(headers: ["If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"], expected: .notModified),
        Case(headers: ["If-Modified-Since": "Sun, 06 Nov 1994 08:49:36 GMT"], expected: .proceed),
        Case(headers: ["If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"], isRead: false, expected: .proceed),
        Case(headers: ["If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"], modified: nil, expected: .proceed),
        Case(headers: ["If-Modified-Since": "yesterday"], expected: .proceed),
        Case(
            headers: ["If-None-Match": "\"old\"", "If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"],
            expected: .proceed),
        Case(headers: ["If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:36 GMT"], isRead: false, expected: .failed),
        Case(headers: ["If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"], isRead: false, expected: .proceed),
        Case(
            headers: ["If-Match": "\"now\"", "If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:36 GMT"], isRead: false,
            expected: .proceed),
        Case(headers: ["If-Match": "\"now\"", "If-None-Match": "\"now\""], expected: .notModified),
    ])
    func aConditionDecides(scenario: Case) throws {
        let outcome = try Preconditions { scenario.headers[$0] }.evaluate(
            isRead: scenario.isRead, tag: scenario.tag.flatMap { EntityTag(header: $0) },
            modified: scenario.modified.flatMap { Timestamp(httpDate: $0) })
        #expect(outcome == scenario.expected)
    }

    @Test(arguments: ["If-Match", "If-None-Match"])
    func aMalformedTagIsAProblemThatNamesTheHeader(name: String) {
        let problem = #expect(throws: Problem.self) { try Preconditions { $0 == name ? "3" : nil } }
        #expect(problem?.fields.first?.place == .header(name))
        #expect(problem?.status == .badRequest)
    }
}

@Suite struct ByteRangeTests {
    @Test(
        arguments: [
            (nil, .whole), ("bytes=0-", .part(0..<100)), ("bytes=0-0", .part(0..<1)), ("bytes=10-19", .part(10..<20)),
            ("bytes=99-", .part(99..<100)), ("bytes=90-1000", .part(90..<100)), ("bytes=-10", .part(90..<100)),
            ("bytes=-1000", .part(0..<100)), ("Bytes=1-2", .part(1..<3)), ("bytes= 1-2 ", .part(1..<3)),
            ("bytes=0-99999999999999999999", .part(0..<100)), ("bytes=-99999999999999999999", .part(0..<100)),
            ("bytes=100-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
            ("bytes=99999999999999999999-", .unsatisfiable),
            ("bytes=200-300,400-", .unsatisfiable), ("bytes=0-0,500-", .part(0..<1)), ("bytes=0-0,2-3", .whole),
            ("bytes=2-1", .whole), ("bytes=", .whole), ("bytes=-", .whole), ("bytes=a-b", .whole), ("bytes=1", .whole),
            ("items=0-1", .whole), ("bytes 0-1", .whole), ("bytes=0-1,", .whole), ("bytes=--1", .whole), ("", .whole),
            ("bytes=0-1;2-3", .whole),
        ] as [(String?, ByteRange)])
    func aRangeIsResolved(header: String?, expected: ByteRange) {
        #expect(ByteRange(header: header, length: 100) == expected)
    }

    @Test func nothingOfEmptyContentCanBeAskedFor() {
        #expect(ByteRange(header: "bytes=0-", length: 0) == .unsatisfiable)
        #expect(ByteRange(header: "bytes=-1", length: 0) == .unsatisfiable)
    }

    @Test func tooManyRangesAreIgnored() {
        let list = "bytes=0-0" + String(repeating: ",500-", count: ByteRange.countMax)
        #expect(ByteRange(header: list, length: 100) == .whole)
    }

    @Test(
        arguments: [
            (nil, true), ("\"now\"", true), ("\"old\"", false), ("W/\"now\"", false),
            ("Sun, 06 Nov 1994 08:49:37 GMT", true),
            ("Sun, 06 Nov 1994 08:49:38 GMT", false), ("nonsense", false),
        ] as [(String?, Bool)])
    func ifRangeGuardsTheRange(ifRange: String?, expected: Bool) {
        let modified = Timestamp(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(ByteRange.applies(ifRange: ifRange, tag: EntityTag("now"), modified: modified) == expected)
    }
}
