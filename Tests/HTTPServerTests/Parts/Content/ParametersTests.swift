import HTTPServer
import JSON
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
        let numbers = try Parameters(query: "limit=20&tags=a,b&tags=c").read(
            .optional("limit", .int(in: 1...200), default: 50, ""), .optional("offset", .int(), default: 7, ""),
            .list("tags", of: .text, countMax: 9, ""), .list("none", of: .text, countMax: 9, ""))
        #expect(numbers.0 == 20 && numbers.1 == 7)
        #expect(numbers.2 == ["a", "b", "c"] && numbers.3.isEmpty)
        let flags = try Parameters(query: "archived=true&sort=newest").read(
            .optional("archived", .bool, ""), .optional("favorite", .bool, default: true, ""),
            .optional("sort", .choice(of: Order.self), default: .name, ""))
        #expect(flags.0 == true && flags.1 && flags.2 == .newest)
        let id = "0197a1b2-0000-7000-8000-00000000000f"
        let texts = try Parameters(query: "as_of=2026-11-21T06:10:34Z&q=red+hat&id=\(id)").read(
            .optional("as_of", .timestamp, ""), .required("q", .text, ""), .required("id", .uuid, ""),
            .optional("cursor", .text, ""))
        #expect(texts.0 == Timestamp("2026-11-21T06:10:34Z"))
        #expect(texts.1 == "red hat" && texts.2.description == id && texts.3 == nil)
    }

    @Test func everyWrongParameterIsReportedAtOnce() {
        let query =
            "limit=201&offset=+5&page=x&as_of=yesterday&archived=yes&sort=size&id=7&q=&twice=1&twice=2&limt=3&limt=4"
        let refused = refusals { () throws(Problem) in
            _ = try Parameters(query: query).read(
                .optional("limit", .int(in: 1...200), default: 50, ""), .optional("offset", .int(), ""),
                .optional("page", .int(), ""), .optional("as_of", .timestamp, ""), .optional("archived", .bool, ""),
                .optional("sort", .choice(of: Order.self), ""), .required("id", .uuid, ""),
                .required("q", .text(length: 1...100), ""), .required("twice", .int(), ""),
                .required("missing", .text, ""), .required("since", .timestamp, ""))
        }
        #expect(
            refused == [
                "limit out_of_range", "offset malformed", "page malformed", "as_of malformed", "archived malformed",
                "sort not_a_choice", "id malformed", "q too_short", "twice repeated", "missing required",
                "since required",
                "limt unknown",
            ])
    }

    /// The values are read by what describes them, so a default and a limit stand in both.
    @Test func whatIsReadIsWhatIsDescribed() {
        let limit = ParameterShape.optional("limit", .int(in: 1...200), default: 50, "How many.")
        #expect(limit.declarations.map(\.schema) == [["type": "integer", "minimum": 1, "maximum": 200, "default": 50]])
        let sort = ParameterShape.optional("sort", .choice(of: Order.self), default: .name, "By what.")
        #expect(
            sort.declarations.map(\.schema) == [["type": "string", "enum": ["name", "newest"], "default": "name"]])
        let tags = ParameterShape.list("tags", of: .text(length: 1...9), countMax: 2, "Which.")
        #expect(
            tags.declarations.map(\.schema) == [
                ["type": "array", "items": ["type": "string", "minLength": 1, "maxLength": 9], "maxItems": 2]
            ])
    }

    @Test func textIsMeasuredInCharactersAsItsSchemaSays() throws {
        let word = ParameterShape.required("w", .text(length: 1...3), "")
        #expect(try Parameters(query: "w=%C3%BC%C3%BC%C3%BC").read(word) == "üüü")
        #expect(refusals { () throws(Problem) in _ = try Parameters(query: "w=abcd").read(word) } == ["w too_long"])
    }

    @Test func aGroupIsBuiltWhenAllOfItIsRight() throws {
        let pair = ParameterShape.group(.required("a", .int(), ""), .optional("b", .int(), default: 2, "")) { $0 + $1 }
            .refusing { $0 > 9 ? [.init(.parameter("a"), "excluded", "Use less.")] : [] }
        #expect(pair.declarations.map(\.name) == ["a", "b"])
        #expect(try Parameters(query: "a=1").read(pair) == 3)
        #expect(refusals { () throws(Problem) in _ = try Parameters(query: "a=9").read(pair) } == ["a excluded"])
        #expect(
            refusals { () throws(Problem) in _ = try Parameters(query: "a=x&b=y&c=z").read(pair) } == [
                "a malformed", "b malformed", "c unknown",
            ])
    }

    @Test func theWholeQueryKnowsNothingUnknown() throws {
        #expect(try Parameters(query: "x=1&y=2").read(.wholeQuery).pairs.count == 2)
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "0", "-0"])
    func wholeNumbersReachTheirBounds(text: String) throws {
        #expect(try Parameters(query: "n=\(text)").read(.required("n", .int(), "")) == Int(text))
    }

    @Test(arguments: ["9223372036854775808", "1.0", "1e3", " 1", "1%20", "0x1", "", "-", "%D9%A1"])
    func whatIsNoWholeNumberIsRefused(text: String) {
        #expect(
            refusals { () throws(Problem) in
                _ = try Parameters(query: "n=\(text)").read(.required("n", .int(), ""))
            } == ["n malformed"])
    }

    @Test func theAdviceNamesTheBounds() throws {
        let query = try Parameters(query: "a=9&b=9&c=9&d=x")
        do throws(Problem) {
            _ = try query.read(
                .required("a", .int(in: 1...5), ""), .required("b", .int(in: 10...Int.max), ""),
                .required("c", .int(in: Int.min...5), ""), .required("d", .int(), ""))
            Issue.record("all four should be refused")
        } catch {
            let number = "Use a whole number"
            #expect(
                error.fields.map(\.message)
                    == ["\(number) from 1 to 5.", "\(number) from 10.", "\(number) up to 5.", "\(number)."])
        }
    }

    @Test func aListIsBoundedAndMayKeepItsCommas() throws {
        let repeated = ParameterShape.list("t", of: .text, countMax: 9, isJoined: false, "")
        #expect(try Parameters(query: "t=a,b&t=c").read(repeated) == ["a,b", "c"])
        let short = ParameterShape.list("t", of: .text, countMax: 2, "")
        #expect(refusals { () throws(Problem) in _ = try Parameters(query: "t=a,b,c").read(short) } == ["t too_many"])
    }
}
