import Catalogue
import JSON
import TestSupport
import Testing

@Suite struct UpcastingTests {
    /// A type at the version after these changes, each list of them leading one version on.
    private func type(
        _ changes: [String], fields: [String], functions: [String: Upcaster.Function] = [:]
    ) throws -> EntityType {
        let upcasters = changes.enumerated().map { #"{"from": \#($0 + 1), "changes": \#($1)}"# }
        let properties = (["name"] + fields).map { #""\#($0)": {"type": "\#($0 == "name" ? "string" : "object")"}"# }
        let text = """
            {"type": "old", "collection": "olds", "title": "Old", "plural": "Olds", "icon": "🏺", "description": "Old.",
             "version": \(changes.count + 1), "name_field": "name",
             "schema": {"properties": {\(properties.joined(separator: ", "))}},
             "upcasters": [\(upcasters.joined(separator: ", "))]}
            """
        let catalogue = try Catalogue(documents: [("old.json", Array(text.utf8))], functions: functions)
        return try #require(catalogue[type: "old"])
    }

    @Test func aRenamedFieldKeepsItsValueAndPlace() throws {
        let type = try type([#"[{"rename": {"from": "colour", "to": "color"}}]"#], fields: ["color"])
        let whole = type.upcast(["a": 1, "colour": "red", "b": 2], form: .whole, from: 1)
        #expect("\(whole)" == #"{"a":1,"color":"red","b":2}"#)
        #expect(type.upcast(["colour": .null], form: .patch, from: 1) == ["color": .null])
        #expect(type.upcast(["colour": "red"], form: .whole, from: 2) == ["colour": "red"])
    }

    @Test func aDefaultFillsWhatIsMissingInWholeDataOnly() throws {
        let type = try type([#"[{"default": {"field": "size", "value": {"unit": "cm"}}}]"#], fields: ["size"])
        #expect(type.upcast([:], form: .whole, from: 1) == ["size": ["unit": "cm"]])
        #expect(type.upcast(["size": 3], form: .whole, from: 1) == ["size": 3])
        #expect(type.upcast([:], form: .patch, from: 1) == [:])
    }

    @Test func aRemovedFieldIsGoneFromPatchesToo() throws {
        let type = try type([#"[{"remove": "junk"}]"#], fields: [])
        #expect(type.upcast(["junk": 1, "a": 2], form: .whole, from: 1) == ["a": 2])
        #expect(type.upcast(["junk": .null], form: .patch, from: 1) == [:])
    }

    @Test func valuesAreMappedInArraysToo() throws {
        let type = try type(
            [#"[{"map": {"field": "fit", "values": {"tight": "slim", "3": "three", "true": 1}}}]"#], fields: ["fit"])
        #expect(type.upcast(["fit": "tight"], form: .patch, from: 1) == ["fit": "slim"])
        #expect(
            type.upcast(["fit": ["tight", "wide", 3, true]], form: .whole, from: 1) == [
                "fit": ["slim", "wide", "three", 1]
            ])
        #expect(type.upcast(["fit": .null], form: .patch, from: 1) == ["fit": .null])
    }

    @Test func aTextIsSplitIntoFields() throws {
        let type = try type(
            [#"[{"split": {"field": "players", "into": ["low", "high"], "separator": "-", "as": "integer"}}]"#],
            fields: ["low", "high"])
        #expect(type.upcast(["players": "2 - 4"], form: .whole, from: 1) == ["low": 2, "high": 4])
        #expect(type.upcast(["players": "2"], form: .whole, from: 1) == ["low": 2])
        #expect(type.upcast(["players": "2"], form: .patch, from: 1) == ["low": 2, "high": .null])
        #expect(type.upcast(["players": .null], form: .patch, from: 1) == ["low": .null, "high": .null])
        #expect(type.upcast(["players": "many"], form: .whole, from: 1) == [:])
    }

    @Test func theLastPartOfASplitTextKeepsTheRest() throws {
        let type = try type(
            [#"[{"split": {"field": "who", "into": ["first", "last"], "separator": " "}}]"#], fields: ["first", "last"])
        #expect(
            type.upcast(["who": "Ada of Two Rivers"], form: .whole, from: 1) == [
                "first": "Ada", "last": "of Two Rivers",
            ])
    }

    @Test func fieldsAreJoinedIntoOneText() throws {
        let type = try type(
            [#"[{"join": {"fields": ["first", "last"], "into": "who", "separator": " "}}]"#], fields: ["who"])
        #expect(type.upcast(["last": "Lovelace", "first": "Ada"], form: .whole, from: 1) == ["who": "Ada Lovelace"])
        #expect(type.upcast(["first": "Ada"], form: .whole, from: 1) == ["who": "Ada"])
        #expect(type.upcast(["first": .null, "last": .null], form: .patch, from: 1) == ["who": .null])
        #expect(type.upcast(["a": 1], form: .patch, from: 1) == ["a": 1])
    }

    @Test func aFunctionOfSwiftIsTheLastResort() throws {
        let type = try type(
            [#"[{"function": "double"}]"#], fields: [],
            functions: [
                "double": { data, form in
                    guard form == .whole, let size = data["size"]?.integer else { return data }
                    var data = data
                    data["size"] = .integer(2 * size)
                    return data
                }
            ])
        #expect(type.upcast(["size": 4], form: .whole, from: 1) == ["size": 8])
    }

    @Test func changesOfAllVersionsApplyInOrder() throws {
        let type = try type(
            [
                #"[{"rename": {"from": "a", "to": "b"}}, {"map": {"field": "b", "values": {"1": "one"}}}]"#,
                #"[{"rename": {"from": "b", "to": "c"}}]"#,
                #"[{"map": {"field": "c", "values": {"one": "uno"}}}, {"default": {"field": "d", "value": 0}}]"#,
            ], fields: ["c", "d"])
        #expect(type.upcast(["a": "1"], form: .whole, from: 1) == ["c": "uno", "d": 0])
        #expect(type.upcast(["b": "1"], form: .whole, from: 2) == ["c": "1", "d": 0])
        #expect(type.upcast(["c": "one"], form: .patch, from: 3) == ["c": "uno"])
        #expect(type.upcast(["c": "one"], form: .whole, from: 4) == ["c": "one"])
        #expect(type.upcast(["c": "one"], form: .whole, from: 9) == ["c": "one"])
        #expect(type.upcast(["a": "1"], form: .whole, from: -3) == ["c": "uno", "d": 0])
        #expect(type.upcast(.null, form: .whole, from: 1) == .null)
    }

    /// Events written over several versions, read at the end, must give what each version would have made of its own.
    @Test func patchingAndUpcastingMayChangePlaces() throws {
        var random = SeededRandom.forTest()
        for _ in 0..<300 {
            var evolution = Evolution(random: random)
            evolution.run()
            random = evolution.random
            let type = try type(evolution.changes, fields: evolution.fields)
            var late: JSONValue = .null
            for event in evolution.events {
                let data = type.upcast(event.data, form: event.form, from: event.version)
                late = event.form == .whole ? data : late.merging(data)
            }
            // In time: what each version left behind is brought to the next before its own patches come.
            var early: JSONValue = .null
            var version = 1
            for event in evolution.events {
                early = try self.type(
                    Array(evolution.changes.prefix(event.version - 1)), fields: Array(evolution.known)
                )
                .upcast(early, form: .whole, from: version)
                version = event.version
                early = event.form == .whole ? event.data : early.merging(event.data)
            }
            early = type.upcast(early, form: .whole, from: version)
            #expect(late == early, "\(evolution.changes) \(evolution.events)")
        }
    }
}

/// A random history of a type's fields, and of one entity along it.
private struct Evolution {
    var random: SeededRandom
    var fields = ["f0", "f1", "f2", "f3"]
    var known: Set<String> = ["f0", "f1", "f2", "f3"]
    var changes: [String] = []
    var events: [(data: JSONValue, form: DataForm, version: Int)] = []

    mutating func run() {
        events = [(data(nulls: false), .whole, 1)]
        for version in 1...Int.random(in: 1...4, using: &random) {
            for _ in 0..<Int.random(in: 0...2, using: &random) { events.append((data(nulls: true), .patch, version)) }
            let steps = (0..<Int.random(in: 1...2, using: &random)).map { _ in change() }
            changes.append("[\(steps.joined(separator: ", "))]")
        }
    }

    private mutating func fresh() -> String {
        let name = "f\(known.count)"
        known.insert(name)
        return name
    }

    private mutating func change() -> String {
        guard let place = fields.indices.randomElement(using: &random) else { return #"{"remove": "nothing"}"# }
        let old = fields[place]
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            fields[place] = fresh()
            return #"{"rename": {"from": "\#(old)", "to": "\#(fields[place])"}}"#
        case 1:
            fields.remove(at: place)
            return #"{"remove": "\#(old)"}"#
        case 2:
            let parts = [fresh(), fresh()]
            fields.replaceSubrange(place...place, with: parts)
            return #"{"split": {"field": "\#(old)", "into": ["\#(parts[0])", "\#(parts[1])"], "separator": "-"}}"#
        default:
            return #"{"map": {"field": "\#(old)", "values": {"v0": "v1", "v1": "v2-v3", "0": 7}}}"#
        }
    }

    private mutating func data(nulls: Bool) -> JSONValue {
        var object = JSONObject()
        for field in fields where Bool.random(using: &random) {
            let choices: [JSONValue] = ["v0", "v1", "v1-v2", 0, true, ["v0", "x"], nulls ? .null : "v2"]
            object[field] = choices.randomElement(using: &random)
        }
        return .object(object)
    }
}
