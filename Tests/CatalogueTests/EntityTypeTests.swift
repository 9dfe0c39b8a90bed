import Catalogue
import JSON
import System
import Testing

@Suite struct EntityTypeTests {
    let thing: EntityType
    let task: EntityType

    init() throws {
        let catalogue = try Sample.catalogue()
        thing = try #require(catalogue[type: "thing"])
        task = try #require(catalogue[type: "task"])
    }

    @Test func fieldsAreAsTheFileDeclaresThem() throws {
        #expect(thing.fields.map(\.name) == ["name", "color", "labels", "size", "box", "friends", "parts"])
        let name = try #require(thing.field("name"))
        #expect(name.isRequired && name.isScalar && name.kind == .string && name.searchWeight == .a)
        #expect(name.summary == "What it is called.")
        let labels = try #require(thing.field("labels"))
        #expect(!labels.isRequired && !labels.isScalar && labels.elementKind == .string && labels.searchWeight == .c)
        #expect(thing.field("parts")?.elementKind == .object)
        #expect(thing.field("colour") == nil)
    }

    @Test func referencesAreDeclaredByPath() {
        #expect(thing.field("box")?.reference == Reference(types: ["thing"], isList: false, onArchive: .archive))
        #expect(thing.field("friends")?.reference == Reference(types: ["*"], isList: true, onArchive: .keep))
        #expect(thing.field("parts")?.reference == nil)
        #expect(thing.references.map(\.path) == ["box", "friends", "parts.thing"])
        #expect(thing.references.map(\.reference.isList) == [false, true, true])
        #expect(thing.references[1].reference.allows(type: "task"))
        #expect(!thing.references[0].reference.allows(type: "task"))
    }

    @Test func referencesInDataComeInItsOrderAndOnce() throws {
        let ids = (0..<4).map { UUID(high: 1, low: $0) }
        let texts = ids.map { JSONValue.string($0.description) }
        let data: JSONValue = [
            "parts": [["thing": texts[2], "note": "x"], ["note": "none"], ["thing": texts[1]], ["thing": texts[2]]],
            "name": texts[3], "friends": .array([texts[0], texts[1], texts[0]]), "box": texts[0],
            "unknown": texts[0],
        ]
        let found = thing.references(in: data)
        #expect(found.map(\.field) == ["parts.thing", "parts.thing", "friends", "friends", "box"])
        #expect(found.map(\.target) == [ids[2], ids[1], ids[0], ids[1], ids[0]])
    }

    @Test func manyReferencesAreStillFoundOnce() {
        let texts = (0..<500).map { JSONValue.string(UUID(high: 2, low: $0 % 100).description) }
        #expect(thing.references(in: ["friends": .array(texts)]).map(\.target.low) == Array(0..<100))
    }

    @Test func whatIsNoReferenceIsLeftOut() {
        #expect(thing.references(in: ["box": "nowhere", "friends": "x", "parts": [1, ["thing": [2]]]]).isEmpty)
        #expect(thing.references(in: "text").isEmpty)
    }

    @Test func aDocumentIsCheckedAsAWhole() {
        #expect(thing.problems(in: ["name": "a"]).isEmpty)
        #expect(thing.problems(in: [:]).map(\.description) == ["/name is required: add it"])
        let unknown = thing.problems(in: ["name": "a", "colour": "red"])
        #expect(unknown.map(\.description) == [#"/colour is not known here: did you mean "color"?"#])
    }

    @Test func aFileMayAllowUnknownFields() throws {
        let open = Sample.thing.replacing(
            #""required": ["name"],"#, with: #""required": ["name"], "additionalProperties": true,"#)
        let thing = try #require(try Sample.catalogue(thing: open)[type: "thing"])
        #expect(thing.problems(in: ["name": "a", "anything": 1]).isEmpty)
    }

    @Test func entitiesKnowTheSameEvents() {
        let verbs = [
            "created", "updated", "archived", "unarchived", "favorited", "unfavorited", "tagged", "untagged", "linked",
            "unlinked", "reverted", "restored",
        ]
        #expect(thing.events.map(\.verb) == verbs)
        #expect(thing.event(verb: "tagged")?.eventType == "thing.tagged")
        #expect(thing.event(verb: "tagged")?.schema.problems(in: ["tags": ["wool"]]).isEmpty == true)
        let link: JSONValue = ["to": .string(UUID(high: 1, low: 1).description), "relation": "friend"]
        #expect(thing.event(verb: "linked")?.schema.problems(in: link).isEmpty == true)
        #expect(thing.event(verb: "archived")?.schema.problems(in: ["with": link["to"] ?? .null]).isEmpty == true)
        #expect(thing.event(verb: "archived")?.schema.problems(in: [:]).isEmpty == true)
        #expect(thing.event(verb: "updated")?.schema.problems(in: ["color": .null]).isEmpty == true)
        #expect(thing.event(verb: "updated")?.schema.problems(in: ["name": .null]).isEmpty == false)
        #expect(thing.event(verb: "created")?.schema.problems(in: ["color": "red"]).isEmpty == false)
        #expect(thing.event(verb: "restored")?.schema.problems(in: ["archived": true, "tags": []]).isEmpty == true)
        #expect(thing.event(verb: "restored")?.schema.problems(in: ["data": ["color": "red"]]).isEmpty == false)
    }

    @Test func categoriesDeclareTheirOwnEvents() throws {
        #expect(task.isSystem && !thing.isSystem)
        #expect(task.events.map(\.eventType) == ["task.started", "task.moved", "task.nudged"])
        #expect(task.events.map(\.effect) == [.create, .merge, .merge])
        #expect(task.events.map(\.isRetired) == [false, false, true])
        let moved = try #require(task.event(verb: "moved"))
        #expect(moved.schema.problems(in: ["done": 3]).isEmpty)
        #expect(moved.schema.problems(in: ["done": "three"]).count == 1)
        #expect(moved.schema.problems(in: ["title": "other"]).count == 1)
    }

    /// Wording, limits of values and what only commands are checked by leave the rows as they are.
    @Test func traitsChangeWithWhatRowsHold() throws {
        func traits(_ old: String, _ new: String) throws -> TypeTraits? {
            try Sample.catalogue(thing: Sample.thing.replacing(old, with: new))[type: "thing"]?.traits
        }
        #expect(thing.traits.fields["labels"] == "compared, searched C")
        #expect(thing.traits.fields["parts"] == "refers by parts.thing")
        #expect(thing.traits.isClosed && thing.traits.effects["archived"] == "archive")
        for (old, new) in [
            (#""labels": "C""#, #""labels": "D""#), (#""value": 1"#, #""value": 2"#), ("colour", "farbe"),
        ] {
            #expect(try traits(old, new) != thing.traits, "\(new)")
        }
        for (old, new) in [
            ("Something.", "Anything."), ("What it is called.", "Its name."), ("📦", "🧺"),
            (#""minLength": 1"#, #""minLength": 2"#), (#"["thing", "task"]"#, #"["thing"]"#),
            (#""x-on-archive": "archive""#, #""x-on-archive": "keep""#),
        ] {
            #expect(try traits(old, new) == thing.traits, "\(new)")
        }
    }

    @Test func typesAreFoundByNameCollectionAndEvent() throws {
        let catalogue = try Sample.catalogue()
        #expect(catalogue.types.map(\.name) == ["task", "thing"])
        #expect(catalogue.type(collection: "things")?.name == "thing")
        #expect(catalogue.event("thing.created")?.effect == .create)
        for unknown in ["thing.exploded", "nothing.created", "created", ""] {
            #expect(catalogue.event(unknown) == nil)
        }
    }
}
