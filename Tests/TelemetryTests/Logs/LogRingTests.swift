import System
import Telemetry
import Testing

@Suite struct LogRingTests {
    let ring = LogRing(bytesMax: 20_000)

    var logger: Logger { Logger(module: "a", levels: LogLevels(.debug), sinks: [ring]) }

    func messages(_ change: (inout LogRing.Filter) -> Void = { _ in }) -> [String] {
        var filter = LogRing.Filter()
        change(&filter)
        return ring.lines(filter).map(\.entry.message)
    }

    @Test func theOldestLinesMakeRoom() {
        for n in 0..<1_000 { logger.info("line \(n)") }
        let kept = ring.lines()
        #expect(50...200 ~= kept.count)
        #expect(kept.last?.entry.message == "line 999" && kept.last?.number == 1_000)
        #expect(kept.map(\.number) == Array(UInt64(1_001 - kept.count)...1_000))
    }

    @Test func aLineAboveTheLimitDoesNotEmptyTheRing() {
        let small = LogRing(bytesMax: 400)
        let logger = Logger(module: "a", levels: LogLevels(.debug), sinks: [small])
        logger.info("kept")
        logger.info(String(repeating: "x", count: 1_000))
        #expect(small.lines().map(\.entry.message) == ["kept"])
    }

    @Test func everyFilterHolds() throws {
        let trace = try #require(TraceContext(traceparent: TraceContextTests.valid))
        logger.debug("one", ["path": "/characters"])
        logger.named("a.b").info("two")
        Ambient.$requestID.withValue("r") { logger.named("ab").warning("three") }
        Ambient.$trace.withValue(trace) { logger.error("four") }
        #expect(messages() == ["one", "two", "three", "four"])
        #expect(messages { $0.levelMin = .warning } == ["three", "four"])
        #expect(messages { $0.module = "a" } == ["one", "two", "four"])
        #expect(messages { $0.requestID = "r" } == ["three"])
        #expect(messages { $0.traceID = trace.traceID } == ["four"])
        #expect(messages { $0.after = 2 } == ["three", "four"])
        #expect(messages { $0.limit = 2 } == ["three", "four"])
        #expect(messages { $0.text = "characters" } == ["one"])
        #expect(messages { $0.since = SystemWallClock().now() + .seconds(60) } == [])
    }
}
