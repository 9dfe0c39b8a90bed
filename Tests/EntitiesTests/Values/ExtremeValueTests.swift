import Catalogue
import Commands
import Entities
import EventLog
import JSON
import Postgres
import Projections
import System
import Telemetry
import TestStudio
import TestSupport
import Testing

/// A value that PostgreSQL would refuse failed its batch, then every rebuild, then the start. None may.
@Suite struct ExtremeValueTests {
    /// - Parameter door: whether data are checked before they are handed in, as every request's and import's are. Old logs may
    ///   hold what was not.
    @Test(arguments: [true, false])
    func whateverPeopleSendIsStoredOrRefusedInWords(atTheDoor door: Bool) async throws {
        let random = SeededRandom.forTest()
        for _ in 0..<Effort.rounds(1) {
            try await Studio.with(types: ExtremeValues.types) { studio in
                var life = ExtremeLife(studio, random, checksData: door)
                // Much of it is refused, and some lives begin slowly.
                for _ in 0..<20 where life.made.count < 30 || life.changedCount <= 10 {
                    try await life.live(commands: 20)
                }
                #expect(life.made.count > 10 && life.changedCount > 10, "seed \(random.seed)")
                try await life.changeEverything()
                let check = try await studio.checker().check()
                #expect(check.isClean, "seed \(random.seed): \(check.projections.filter { !$0.isSame })")
                let before = try await studio.dump()
                try await studio.rebuilder().rebuild()
                let differing = try await studio.dump().filter { before[$0.key] != $0.value }.keys
                #expect(differing.isEmpty, "seed \(random.seed): \(differing)")
                try await life.ask(questions: 60)
            }
        }
    }

    /// It was stored as long as nobody searched it. Then no server started any more.
    @Test func aFieldThatIsDeclaredSearchableMayHoldMoreWordsThanAVectorDoes() async throws {
        let unsearched = ExtremeValues.types.mapValues { $0.replacing(", \"story\": \"D\"", with: "") }
        try await Studio.with(types: unsearched) { studio in
            let scribe = Scribe(studio: studio)
            let id = try await scribe.create(
                "extreme", ["name": "Long", "story": .string("\(ExtremeValues.manyWords) finale")])
            let catalogue = try Studio.catalogue(with: ExtremeValues.types)
            let blueprint = try studio.blueprint.with(catalogue)
            let (set, fold) = (blueprint.set, blueprint.fold)
            try await set.bringUpToDate(in: studio.pool, fold: fold, logger: .silent)
            let check = try await Checker(set: set, fold: fold, pool: studio.pool).check()
            #expect(check.isClean, "\(check.projections.filter { !$0.isSame })")
            var query = ListQuery(type: catalogue[type: "extreme"])
            let reader = EntityReader(pool: studio.pool, catalogue: catalogue)
            for (search, count) in [("long", 1), ("word17long", 1), ("finale", 0)] {
                query.search = search
                #expect(try await reader.list(query).total == count, "\(search)")
            }
            try await Node.with(studio, catalogue: catalogue) { node in
                let command = EntityCommand(
                    .favorite(true), on: id, of: try #require(catalogue[type: "extreme"]), meta: node.meta())
                _ = try await node.service.writer.submit(command)
            }
        }
    }

    /// Its fields were taken one by one; the document of both could not be read again, nor the entity changed.
    @Test func patchAfterPatchHoldsNoMoreValuesThanAReaderTakes() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            let id = try await scribe.create("hair_style", ["name": "Beads"])
            let beads = JSONValue.array(Array(repeating: 0, count: 480_000))
            try await scribe.change(id, "hair_style", .patch(["style_data": ["a": beads]]))
            await #expect(throws: Rejection.self) {
                try await scribe.change(id, "hair_style", .patch(["style_data": ["b": beads]]))
            }
            try await scribe.change(id, "hair_style", .favorite(true))
            #expect(try await studio.checker().check().isClean)
        }
    }

    /// The array of a row's tags was written as text, in which `null` is no tag but NULL.
    @Test func aTagMayBeCalledNull() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            let id = try await scribe.create("character", ["name": "Nobody"], tags: ["null", "x"])
            try await scribe.create("character", ["name": "Untagged"])
            try await scribe.change(id, "character", .favorite(true))
            let reader = EntityReader(pool: studio.pool, catalogue: studio.catalogue)
            #expect(try await reader.tags(limit: 10).items.map(\.slug) == ["null", "x"])
            var query = ListQuery()
            query.tags = ["null"]
            #expect(try await reader.list(query).total == 1)
            #expect(try await studio.checker().check().isClean)
        }
    }

    /// Earlier versions wrote slugs that are none today. They are in the log for ever.
    @Test func aTagWithAnOldSlugIsFoundAndTakenOff() async throws {
        try await Studio.with { studio in
            let scribe = Scribe(studio: studio)
            let id = try await scribe.create("character", ["name": "Ada"], tags: ["i\u{307}stanbul", "x"])
            let reader = EntityReader(pool: studio.pool, catalogue: studio.catalogue)
            var query = ListQuery()
            query.tags = ["istanbul"]
            #expect(try await reader.list(query).total == 1)
            #expect(try await reader.tags(prefix: "İst", limit: 10).items.map(\.count) == [1])
            let tag = try scribe.type("tag")
            let old = tag.derivedID(slug: "i\u{307}stanbul")
            #expect(try await reader.identifier(slug: "istanbul", of: tag) == old)
            try await scribe.change(id, "character", .untag(["istanbul"]))
            #expect(try await reader.list(query).total == 0)
            #expect(try await studio.checker().check().isClean)
            try await studio.rebuilder().rebuild()
            #expect(try await reader.list(query).total == 0)
        }
    }
}
