import Synchronization
import System
import Telemetry
import Testing

@Suite struct TracerTests {
    final class SteppingClock: Clock {
        typealias Instant = ContinuousClock.Instant
        private let steps = Atomic<Int>(0)
        private let origin = ContinuousClock.now
        /// Each look is ten milliseconds after the one before.
        var now: Instant { origin + .milliseconds(10 * steps.wrappingAdd(1, ordering: .relaxed).newValue) }
        var minimumResolution: Duration { .zero }
        func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
    }

    struct Boom: Error, CustomStringConvertible { let description = "could not reach postgres://me:hunter2@db/x" }

    let ring = SpanRing()
    let tracer: Tracer

    init() { tracer = Tracer(sink: ring, wallClock: FixedClock(), clock: SteppingClock()) }

    @Test func nestedSpansFormATree() async throws {
        let answer = await tracer.withSpan("outer", kind: .server) { outer in
            #expect(Ambient.trace == outer.context)
            await Task.yield()
            return withSpan("inner", attributes: ["rows": 3, "ok": true, "ratio": 0.5, "query": "list"]) { _ in 42 }
        }
        #expect(answer == 42)
        #expect(Ambient.trace == nil)
        let spans = ring.spans
        #expect(spans.map(\.name) == ["inner", "outer"])
        let (inner, outer) = (try #require(spans.first), try #require(spans.last))
        #expect(inner.parentSpanID == outer.context.spanID && inner.context.traceID == outer.context.traceID)
        #expect(outer.parentSpanID == nil && outer.kind == .server)
        #expect(inner["rows"] == 3 && inner["ok"] == true && inner["ratio"] == 0.5 && inner["query"] == "list")
        #expect(inner.duration == .milliseconds(10) && outer.duration == .milliseconds(30))
        #expect(outer.end - outer.start == .milliseconds(30))
    }

    @Test func whatTheBodyThrowsIsRecordedAndKeepsItsType() async throws {
        do throws(Boom) {
            try tracer.withSpan("sync") { _ throws(Boom) in throw Boom() }
        } catch { #expect(error.description == Boom().description) }
        do throws(Boom) {
            try await tracer.withSpan("async") { _ async throws(Boom) in throw Boom() }
        } catch { #expect(error.description == Boom().description) }
        for span in ring.spans {
            #expect(span.status == .error("could not reach postgres://[redacted]@db/x"))
            #expect(span["error.type"] == .string(String(reflecting: Boom.self)))
        }
        #expect(ring.spans.count == 2)
    }

    @Test func theCallersSamplingIsHonoured() throws {
        let caller = try #require(TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"))
        tracer.withSpan("request", parent: caller) { span in
            #expect(!span.isRecording)
            #expect(span.context.traceID == caller.traceID && !span.context.isSampled)
            #expect(Ambient.trace?.spanID != caller.spanID)
            withSpan("beneath") { #expect($0.context.traceID == caller.traceID) }
        }
        #expect(ring.spans.isEmpty)
    }

    @Test(arguments: [(0.0, 0...0), (0.25, 150...350), (1.0, 1_000...1_000)])
    func newTracesAreSampledByShare(share: Double, expected: ClosedRange<Int>) {
        let ring = SpanRing()
        let tracer = Tracer(sink: ring, rootSampling: share)
        for _ in 0..<1_000 { tracer.withSpan("x") { _ in } }
        #expect(expected.contains(ring.spans.count))
    }

    @Test func withoutATracerTheBodyJustRuns() async {
        #expect(withSpan("x") { $0.isRecording } == false)
        #expect(await withSpan("x") { span async in span.isRecording } == false)
        #expect(withSpan("x") { _ in Ambient.trace } == nil)
        let caller = TraceContext(traceparent: TraceContextTests.valid)
        Ambient.$trace.withValue(caller) { #expect(withSpan("x") { $0.context } == caller) }
    }

    @Test func eventsAndStatusAreKeptAndLimited() throws {
        tracer.withSpan("x") { span in
            for n in 0..<200 { span.set("a\(n)", .integer(n)) }
            span.set("a0", "again")
            for _ in 0..<130 { span.add(event: "tick", ["password": "hunter2"]) }
            span.setStatus(.ok)
        }
        let span = try #require(ring.spans.first)
        #expect(span.attributes.count == 128 && span.droppedAttributes == 72 && span["a0"] == "again")
        #expect(span.events.count == 128 && span.droppedEvents == 2)
        #expect(span.events[0].attributes[0].value == "[redacted]" && span.events[1].time > span.events[0].time)
        #expect(span.status == .ok)
    }

    @Test func aSpanThatHasEndedTakesNothingMore() throws {
        var late: Span?
        tracer.withSpan("x") { late = $0 }
        late?.set("a", 1)
        #expect(late?.isRecording == false)
        #expect(try #require(ring.spans.first).attributes.isEmpty)
    }

    @Test func aFullRingForgetsTheOldest() {
        let ring = SpanRing(spansMax: 3)
        let tracer = Tracer(sink: ring)
        for n in 0..<5 { tracer.withSpan("\(n)") { _ in } }
        #expect(ring.spans.map(\.name) == ["2", "3", "4"] && ring.overwritten == 2)
        #expect(ring.drain().count == 3 && ring.spans.isEmpty)
        tracer.withSpan("5") { _ in }
        #expect(ring.spans.map(\.name) == ["5"])
    }

    @Test func parallelTasksKeepTheirOwnSpans() async {
        let ring = SpanRing(spansMax: 10_000)
        let tracer = Tracer(sink: ring)
        await withTaskGroup { group in
            for n in 0..<200 {
                group.addTask {
                    await tracer.withSpan("\(n)") { outer in
                        await Task.yield()
                        await withSpan("beneath \(n)") { inner async in
                            #expect(inner.context.traceID == outer.context.traceID)
                        }
                    }
                }
            }
        }
        #expect(Set(ring.spans.map(\.context.spanID)).count == 400)
        #expect(Set(ring.spans.map(\.context.traceID)).count == 200)
    }
}
