import System
import Testing

@Suite struct SystemSketch {
    actor Blocking {
        let executor = ThreadExecutor(name: "blocking")
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
        var n = 0
        func add() { n += 1 }
    }
    @Test func aThousandJobs() async {
        let b = Blocking()
        await withTaskGroup { g in for _ in 0..<1000 { g.addTask { await b.add() } } }
        #expect(await b.n == 1000)
        #expect(Timestamp("2026-11-21T06:10:34.5+01:00")?.description == "2026-11-21T05:10:34.500000Z")
        #expect(UUID("0197a1b2-0000-7000-8000-00000000000f")?.description == "0197a1b2-0000-7000-8000-00000000000f")
        print(TimeOrderedIdentifiers().next(), SystemWallClock().now())
    }
}
