import System
import Telemetry
import Testing

@testable import struct Telemetry.MetricHead

@Suite struct MetricsTests {
    let metrics = Metrics()

    @Test func declaringTwiceGivesTheSameSeries() {
        metrics.counter("lifeos_a_total", help: "A.", labels: ["x"]).with("1").increment()
        let again = metrics.counter("lifeos_a_total", help: "A.", labels: ["x"]).with("1")
        again.increment(by: 2)
        #expect(again.value == 3)
    }

    @Test func aGaugeAddsAndSets() {
        let gauge = metrics.gauge("lifeos_b", help: "B.").with()
        gauge.set(2.5)
        gauge.add(-3)
        #expect(gauge.value == -0.5)
    }

    @Test func aBoundIsPartOfItsBucket() {
        let histogram = metrics.histogram("lifeos_c_seconds", help: "C.", bounds: [0.1, 1]).with()
        for value in [0.1, 0.11, 1, 1.5, -4] { histogram.observe(value) }
        #expect(histogram.bucketCounts == [2, 2, 1])
        #expect(histogram.count == 5)
        #expect(abs(histogram.sum - -1.29) < 1e-9)
    }

    @Test func numbersThatAreNoneAreLeftOut() {
        let histogram = metrics.histogram("lifeos_c_seconds", help: "C.").with()
        for value in [Double.nan, .infinity, -.infinity] { histogram.observe(value) }
        histogram.observe(1e300)
        #expect(histogram.count == 1)
        #expect(histogram.sum > 1e9)
    }

    @Test(arguments: [0.000_000_001, 0.000_25, 1, 1_000_000])
    func theSumKeepsSmallAndLargeUnits(bound: Double) {
        let histogram = metrics.histogram("lifeos_d", help: "D.", bounds: [bound]).with()
        for _ in 0..<1_000 { histogram.observe(bound) }
        #expect(abs(histogram.sum / (1_000 * bound) - 1) < 0.01)
    }

    @Test func durationsAreObservedInSeconds() {
        let histogram = metrics.histogram("lifeos_e_seconds", help: "E.").with()
        histogram.observe(.milliseconds(1_500))
        #expect(histogram.sum == 1.5)
    }

    @Test func concurrentThreadsLoseNothing() async {
        let counter = metrics.counter("lifeos_f_total", help: "F.").with()
        let histogram = metrics.histogram("lifeos_f_seconds", help: "F.", bounds: [1, 2]).with()
        let family = metrics.gauge("lifeos_f_level", help: "F.", labels: ["n"])
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    for n in 0..<5_000 {
                        counter.increment()
                        histogram.observe(Double(n % 3) + 0.5)
                        family.with("\(n % 10)").add(1)
                    }
                }
            }
            group.addTask { for _ in 0..<20 { _ = self.metrics.exposition() } }
        }
        #expect(counter.value == 20_000)
        #expect(histogram.count == 20_000)
        #expect((0..<10).map { family.with("\($0)").value }.reduce(0, +) == 20_000)
    }

    @Test func aFullFamilySharesOneSeriesAndSaysSo() {
        let family = metrics.counter("lifeos_g_total", help: "G.", labels: ["path"], seriesMax: 2)
        for path in ["a", "b", "c", "d", "a"] { family.with(path).increment() }
        let text = String(decoding: metrics.exposition(), as: UTF8.self)
        #expect(text.contains("lifeos_g_total{path=\"a\"} 2\n"))
        #expect(text.contains("lifeos_g_total{path=\"other\"} 2\n"))
        #expect(!text.contains("path=\"c\""))
        #expect(text.contains("lifeos_metrics_overflows_total{metric=\"lifeos_g_total\"} 2\n"))
    }

    @Test func aLongLabelValueIsCutToWholeCharacters() {
        let family = metrics.counter("lifeos_h_total", help: "H.", labels: ["path"])
        let long = String(repeating: "ä", count: 200)
        family.with("x" + long).increment()
        family.with("x" + long + "more").increment()
        let kept = "x" + String(repeating: "ä", count: 127)
        #expect(family.with(kept).value == 2)
    }

    @Test func anObservationIsReadAtEachScrapeAndEndsWithItsSubject() {
        final class Pool: Sendable { let size = 3.0 }
        var pool: Pool? = Pool()
        metrics.observe("lifeos_pool_size", help: "P.", labels: ["pool": "a"]) { [weak pool] in pool?.size }
        #expect(String(decoding: metrics.exposition(), as: UTF8.self).contains("lifeos_pool_size{pool=\"a\"} 3\n"))
        pool = nil
        #expect(!String(decoding: metrics.exposition(), as: UTF8.self).contains("lifeos_pool_size"))
    }

    @Test func aSecondObservationTakesThePlaceOfTheFirst() {
        metrics.observe("lifeos_p", help: "P.") { 1 }
        metrics.observe("lifeos_p", help: "P.") { 2 }
        let text = String(decoding: metrics.exposition(), as: UTF8.self)
        #expect(text == "# HELP lifeos_p P.\n# TYPE lifeos_p gauge\nlifeos_p 2\n")
    }

    @Test func theProcessTellsOfItself() throws {
        metrics.observeProcess()
        metrics.describeBuild(version: "1.2.3", commit: "abc", swift: "6.3")
        let lines = String(decoding: metrics.exposition(), as: UTF8.self).split(separator: "\n")
        func value(_ name: String) throws -> Double {
            let line = try #require(lines.first { $0.hasPrefix("\(name) ") }, "no \(name)")
            return try #require(Double(line.dropFirst(name.count + 1)))
        }
        #expect(try value("process_resident_memory_bytes") > 1_000_000)
        #expect(try value("process_virtual_memory_bytes") > 1_000_000)
        #expect(try value("process_cpu_seconds_total") > 0)
        #expect(try 3...100_000 ~= value("process_open_fds"))
        #expect(try value("process_max_fds") >= 3)
        #expect(try 1...10_000 ~= value("process_threads"))
        let age =
            Double(SystemWallClock().now().microsecondsSinceEpoch) / 1e6 - (try value("process_start_time_seconds"))
        #expect(-5...86_400 ~= age)
        #expect(lines.contains("lifeos_build_info{version=\"1.2.3\",commit=\"abc\",swift=\"6.3\"} 1"))
    }
}

@Suite struct MetricNameTests {
    @Test(arguments: [
        ("lifeos_a", MetricHead.Kind.counter, [String](), "_total"), ("lifeos_a_total", .gauge, [], "_total"),
        ("lifeos_a_total", .histogram, [], "_total"), ("lifeos_a_info", .gauge, [], "_info"),
        ("lifeos_a_count", .gauge, [], "_count"), ("lifeos_a_bucket", .gauge, [], "_bucket"),
        ("lifeos_a_created", .gauge, [], "_created"), ("lifeos_wait_milliseconds", .histogram, [], "milliseconds"),
        ("lifeos_cpu_percent", .gauge, [], "percent"), ("lifeos_gauge_size", .gauge, [], "type"),
        ("lifeos a", .gauge, [], "letter"), ("9lives", .gauge, [], "letter"), ("", .gauge, [], "letter"),
        ("lifeos:a", .gauge, [], "letter"), ("lifeos_ä", .gauge, [], "letter"),
        ("lifeos_a", .gauge, ["b c"], "label b c"), ("lifeos_a", .gauge, ["__b"], "__"),
        ("lifeos_a", .gauge, ["b", "b"], "twice"), ("lifeos_a", .histogram, ["le"], "le"),
    ])
    func aBadDeclarationSaysWhy(name: String, type: MetricHead.Kind, labels: [String], clue: String) throws {
        let head = MetricHead(name: name, help: "Help.", type: type, labels: labels)
        #expect(try #require(head.problem).contains(clue))
    }

    @Test(arguments: [
        ("lifeos_a_total", MetricHead.Kind.counter), ("lifeos_size_bytes", .gauge), ("lifeos_wait_seconds", .histogram),
        ("lifeos_build_info", .info),
    ])
    func aGoodDeclarationHasNoProblem(name: String, type: MetricHead.Kind) {
        #expect(MetricHead(name: name, help: "Help.", type: type, labels: ["le2", "x"]).problem == nil)
    }

    @Test func namesThatOpenMetricsWouldMergeAreRefused() async {
        await #expect(processExitsWith: .failure) {
            let metrics = Metrics()
            _ = metrics.gauge("lifeos_a", help: "A.")
            _ = metrics.counter("lifeos_a_total", help: "A.")
        }
    }
}
