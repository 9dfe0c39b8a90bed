import Entities
import JSON
import Replay
import System
import TestStudio
import TestSupport
import Testing

@Suite struct DiffTests {
    private func diff(
        _ studio: Studio, from old: Int, to new: Int, only filter: ChangeScope? = nil
    ) async throws -> (DiffReport, [UUID: EntityDifference]) {
        var all: [UUID: EntityDifference] = [:]
        let report = try await Diff(pool: studio.pool, catalogue: studio.catalogue).run(
            from: old, to: new, only: filter, each: { all[$0.id] = $0 })
        return (report, all)
    }

    @Test func itNamesExactlyWhatDiffersBetweenTwoPoints() async throws {
        var random = SeededRandom.forTest()
        try await Studio.with { studio in
            let crowd = Crowd(studio: studio)
            try await crowd.live(150, using: &random)
            let head = try await crowd.head()
            for _ in 0..<Effort.rounds(12) {
                let points = [Int.random(in: 0...head, using: &random), Int.random(in: 0...head, using: &random)]
                let (old, new) = (points.min() ?? 0, points.max() ?? 0)
                let (before, after) = (try await crowd.states(at: old), try await crowd.states(at: new))
                let (report, all) = try await diff(studio, from: old, to: new)
                let place: Comment = "seed \(random.seed), from \(old) to \(new)"
                for (id, state) in after {
                    guard let difference = all[id] else {
                        #expect(before[id]?.withoutOrder == state.withoutOrder, "\(id) differs unsaid; \(place)")
                        continue
                    }
                    #expect((difference.kind == .created) == (before[id] == nil), place)
                    var told = before[id] ?? state
                    for part in difference.parts where !part.change.cell.isPresence {
                        #expect(before[id]?.value(at: part.change.cell.pointer) == part.change.old, place)
                        #expect(state.value(at: part.change.cell.pointer) == part.change.new, place)
                        #expect(old < part.act.position && part.act.position <= new, place)
                    }
                    told["data"] = state["data"]
                    // A tag that was taken off and put on again stands last, which is no difference to speak of.
                    let isOtherwiseSame = told.withoutOrder == state.withoutOrder
                    if !isOtherwiseSame { #expect(difference.parts.contains { $0.change.cell.isOutsideData }, place) }
                }
                #expect(all.count + report.count(.unchanged) <= after.count, place)

                let (_, back) = try await diff(studio, from: new, to: old)
                #expect(Set(back.keys) == Set(all.keys), place)
                for (id, difference) in all {
                    let mirrored = back[id]?.parts.map { [$0.change.new, $0.change.old] }
                    #expect(mirrored == difference.parts.map { [$0.change.old, $0.change.new] }, place)
                }
            }
        }
    }

    @Test func itSaysWhoChangedWhichFieldInWhichCommandAndWhy() async throws {
        try await Studio.with { studio in
            let crowd = Crowd(studio: studio)
            let jenny = try await crowd.create("ada", "character", ["name": "Jenny", "occupation": "baker"])
            let point = try await crowd.head()
            let hired = try await crowd.act("ben", .patch(["occupation": "cook"]), on: jenny, "character")
            try await crowd.act("ada", .patch(["name": "Jenna"]), on: jenny, "character")
            let (report, all) = try await diff(studio, from: point, to: try await crowd.head())
            let difference = try #require(all[jenny])
            #expect(difference.kind == .changed && difference.name == "Jenna")
            let job = try #require(difference.parts.first { $0.change.cell == .field("occupation") })
            #expect(job.change.old == "baker" && job.change.new == "cook")
            #expect(job.act.actor == "ben" && job.act.command == hired)
            #expect(report.actors == ["ada": 1, "ben": 1])

            var onlyBen = ChangeScope(after: 0, upTo: 0)
            onlyBen.actor = "ben"
            let (_, some) = try await diff(studio, from: point, to: try await crowd.head(), only: onlyBen)
            #expect(some[jenny]?.parts.map(\.change.cell) == [.field("occupation")])
        }
    }

    /// Texts reach a COPY, which takes no parameters.
    @Test func aFilterWithQuotesIsOnlyText() async throws {
        try await Studio.with { studio in
            let crowd = Crowd(studio: studio)
            let name = #"O'Hara\'); DROP SCHEMA log CASCADE; --"#
            let id = try await crowd.create(name, "character", ["name": "Jenny"])
            var filter = ChangeScope(after: 0, upTo: 0)
            filter.actor = name
            let (_, all) = try await diff(studio, from: 0, to: try await crowd.head(), only: filter)
            #expect(all.keys.contains(id) && all.count == 1)
        }
    }

    @Test func thePageEscapesWhatPeopleWrote() async throws {
        try await Studio.with { studio in
            let crowd = Crowd(studio: studio)
            try await crowd.create("ada", "character", ["name": "<script>alert(1)</script>"])
            var page = DiffPage()
            let report = try await Diff(pool: studio.pool, catalogue: studio.catalogue).run(
                from: 0, to: try await crowd.head(), each: { page.add($0) })
            let html = String(decoding: page.render(report, title: "Report", subtitle: ""), as: UTF8.self)
            #expect(html.contains("&lt;script&gt;") && !html.contains("<script>"))
            #expect(html.contains("ada"))
        }
    }
}

extension Cell {
    fileprivate var isOutsideData: Bool { if case .field = self { false } else { true } }
}

extension JSONValue {
    fileprivate var withoutOrder: JSONValue {
        var value = self
        for name in ["tags", "links"] {
            value[name] = self[name]?.array.map { list in
                .array(list.sorted { $0.encoded().lexicographicallyPrecedes($1.encoded()) })
            }
        }
        return value
    }
}
