import HTTPServer
import System
import Testing

@Suite struct ParametersTests {
    /// What was refused, as `place code`.
    private func refusals(_ body: () throws(Problem) -> Void) -> [String] {
        do throws(Problem) {
            try body()
            return []
        } catch {
            return error.fields.isEmpty ? [error.code.rawValue] : error.fields.map { "\($0.place) \($0.code)" }
        }
    }

    private func pairs(_ query: String) throws -> [String] {
        try Parameters(query: query).pairs.map { "\($0.name)=\($0.value)" }
    }

    @Test(arguments: [
        ("", []), ("&&", []), ("a=1", ["a=1"]), ("a", ["a="]), ("a=", ["a="]), ("=b", ["=b"]), ("a=b=c", ["a=b=c"]),
        ("a=1&b=2&a=3", ["a=1", "b=2", "a=3"]), ("a+b=c+d", ["a b=c d"]), ("q=%2B%26%3D%25", ["q=+&=%"]),
        ("q=%C3%BC%F0%9F%99%82", ["q=ü🙂"]), ("q=ü", ["q=ü"]), ("a=/?:@", ["a=/?:@"]), ("%61=b", ["a=b"]),
    ])
    func aQueryIsDecodedInOrder(query: String, expected: [String]) throws {
        #expect(try pairs(query) == expected)
    }

    @Test(arguments: [
        "%", "%1", "%zz", "%+1", "x%4", "%00", "a%00b", "%ff", "%C3", "%C0%AF", "%ED%A0%80", "%F5%80%80%80",
    ])
    func whatCannotBeDecodedIsRefusedByName(value: String) {
        #expect(
            refusals { () throws(Problem) in _ = try Parameters(query: "ok=1&bad=\(value)&ok=2") } == ["bad malformed"])
        #expect(refusals { () throws(Problem) in _ = try Parameters(path: [("id", value)]) } == ["id malformed"])
        #expect(refusals { () throws(Problem) in _ = try Parameters(query: "\(value)=1") } == ["\(value) malformed"])
    }

    @Test func everyLimitIsAProblemAndNotACut() throws {
        var limits = Parameters.Limits()
        limits.countMax = 3
        limits.nameBytesMax = 4
        limits.valueBytesMax = 5
        _ = try Parameters(query: "abcd=12345&b=&c=", limits: limits)
        #expect(
            refusals { () throws(Problem) in _ = try Parameters(query: "a&b&c&d", limits: limits) } == [
                "too_many_parameters"
            ])
        #expect(
            refusals { () throws(Problem) in _ = try Parameters(query: "a=123456", limits: limits) } == ["a too_long"])
        #expect(
            refusals { () throws(Problem) in _ = try Parameters(query: "abcde=1", limits: limits) } == [
                "abcde malformed"
            ])
        #expect(
            refusals { () throws(Problem) in _ = try Parameters(path: [("id", "123456")], limits: limits) } == [
                "id too_long"
            ])
    }

    @Test func aFormReadsLikeAQueryAndAPathKeepsItsPlus() throws {
        #expect(try Parameters(form: Array("name=Anna+Lena".utf8)).values(of: "name") == ["Anna Lena"])
        #expect(try Parameters(path: [("name", "a+b%2Fc")]).values(of: "name") == ["a+b/c"])
    }

    @Test func percentEncodingAndDecodingAreInverse() throws {
        let text = "a-b._~/?&=+% ü🙂\u{1}\u{7F}"
        #expect(try PercentCoding.decode(PercentCoding.encode(text), plusIsSpace: true) == text)
        #expect(PercentCoding.encode("a b/ü~") == "a%20b%2F%C3%BC~")
    }

    enum Order: String, CaseIterable { case name, newest }

    @Test func typedValuesAreRead() throws {
        let query = try Parameters(
            query: "limit=20&as_of=2026-11-21T06:10:34Z&tags=a,b&tags=c&archived=true&sort=newest&q=red+hat"
                + "&id=0197a1b2-0000-7000-8000-00000000000f")
        let read = try query.decode(unknown: .refused) { query in
            (
                limit: query.int("limit", in: 1...200, default: 50), offset: query.int("offset", default: 7),
                asOf: query.timestamp("as_of"), tags: query.list("tags"), none: query.list("none"),
                archived: query.bool("archived"), favorite: query.bool("favorite", default: true),
                sort: query.choice("sort", default: Order.name), text: query.text("q", .required),
                id: query.uuid("id", .required), cursor: query.text("cursor")
            )
        }
        #expect(read.limit == 20 && read.offset == 7)
        #expect(read.asOf == Timestamp("2026-11-21T06:10:34Z"))
        #expect(read.tags == ["a", "b", "c"] && read.none.isEmpty)
        #expect(read.archived == true && read.favorite)
        #expect(read.sort == .newest && read.text == "red hat" && read.cursor == nil)
        #expect(read.id.description == "0197a1b2-0000-7000-8000-00000000000f")
    }

    @Test func everyWrongParameterIsReportedAtOnce() {
        let query =
            "limit=201&offset=+5&page=x&as_of=yesterday&archived=yes&sort=size&id=7&q=&twice=1&twice=2&limt=3&limt=4"
        let refused = refusals { () throws(Problem) in
            _ = try Parameters(query: query).decode(unknown: .refused) { query in
                _ = query.int("limit", in: 1...200, default: 50)
                _ = query.int("offset")
                _ = query.int("page")
                _ = query.timestamp("as_of")
                _ = query.bool("archived")
                _ = query.choice("sort", of: Order.self)
                _ = query.uuid("id", .required)
                _ = query.text("q", bytes: 1...100, .required)
                _ = query.int("twice", .required)
                _ = query.text("missing", .required)
                _ = query.timestamp("since", .required)
            }
        }
        #expect(
            refused == [
                "limit out_of_range", "offset malformed", "page malformed", "as_of malformed", "archived malformed",
                "sort not_a_choice", "id malformed", "q too_short", "twice repeated", "missing required",
                "since required",
                "limt unknown",
            ])
    }

    @Test func unknownParametersAreIgnoredUnlessRefused() throws {
        _ = try Parameters(query: "x=1").decode { _ in }
        #expect(
            refusals { () throws(Problem) in try Parameters(query: "x=1").decode(unknown: .refused) { _ in } } == [
                "x unknown"
            ])
    }

    @Test func aReaderCanRefuseForReasonsOfItsOwn() {
        let refused = refusals { () throws(Problem) in
            try Parameters(query: "cursor=a&offset=1").decode { query in
                if query.text("cursor") != nil, query.int("offset") != nil {
                    query.refuse("offset", "excluded", "Use either cursor or offset.")
                }
            }
        }
        #expect(refused == ["offset excluded"])
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "0", "-0"])
    func wholeNumbersReachTheirBounds(text: String) throws {
        #expect(try Parameters(query: "n=\(text)").decode { $0.int("n") } == Int(text))
    }

    @Test(arguments: ["9223372036854775808", "1.0", "1e3", " 1", "1%20", "0x1", "", "-", "%D9%A1"])
    func whatIsNoWholeNumberIsRefused(text: String) {
        #expect(
            refusals { () throws(Problem) in _ = try Parameters(query: "n=\(text)").decode { $0.int("n") } } == [
                "n malformed"
            ])
    }

    @Test func theAdviceNamesTheBounds() throws {
        let query = try Parameters(query: "a=9&b=9&c=9&d=x")
        do {
            try query.decode { query in
                _ = query.int("a", in: 1...5)
                _ = query.int("b", in: 10 ... .max)
                _ = query.int("c", in: .min...5)
                _ = query.int("d")
            }
            Issue.record("all four should be refused")
        } catch {
            let number = "Use a whole number"
            #expect(
                error.fields.map(\.message)
                    == ["\(number) from 1 to 5.", "\(number) from 10.", "\(number) up to 5.", "\(number)."])
        }
    }

    @Test func aListIsBoundedAndMayKeepItsCommas() throws {
        #expect(try Parameters(query: "t=a,b&t=c").decode { $0.list("t", separator: nil) } == ["a,b", "c"])
        #expect(
            refusals { () throws(Problem) in _ = try Parameters(query: "t=a,b,c").decode { $0.list("t", countMax: 2) } }
                == ["t too_many"])
    }
}
