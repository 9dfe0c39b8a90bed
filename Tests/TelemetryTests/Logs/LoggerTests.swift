import System
import Telemetry
import Testing

/// Keeps every line it is given.
final class Notebook: LogSink {
    private let entries = Lock<[Logger.Entry]>([])

    func write(_ entry: Logger.Entry) { entries.withLock { $0.append(entry) } }

    var lines: [Logger.Entry] { entries.withLock { $0 } }
}

@Suite struct LoggerTests {
    let notebook = Notebook()

    func logger(_ levels: String = "debug") throws -> Logger {
        Logger(module: "test", levels: try LogLevels(parsing: levels), clock: FixedClock(), sinks: [notebook])
    }

    @Test func eachModuleIsHeardFromItsOwnLevelOn() throws {
        let logger = try logger("warning,postgres=debug,http=off,postgres.pool=error")
        for module in ["jobs", "postgres", "http", "postgres.pool", "postgres.copy"] {
            let named = logger.named(module)
            named.debug("d")
            named.info("i")
            named.warning("w")
            named.error("e")
        }
        let heard = notebook.lines.map { "\($0.module):\($0.message)" }
        #expect(
            heard == [
                "jobs:w", "jobs:e", "postgres:d", "postgres:i", "postgres:w", "postgres:e", "postgres.pool:e",
                "postgres.copy:d", "postgres.copy:i", "postgres.copy:w", "postgres.copy:e",
            ])
    }

    @Test func aSilentLineCostsNoMessage() {
        var asked = 0
        func message() -> String {
            asked += 1
            return "m"
        }
        Logger.silent.error(message(), ["a": message()])
        Logger(module: "x", levelMin: .error) { _ in }.warning(message(), ["a": message()])
        #expect(asked == 0)
    }

    @Test func theRequestAndTraceOfTheTaskAreAdded() async throws {
        let logger = try logger()
        let trace = TraceContext(traceparent: TraceContextTests.valid)
        Ambient.$requestID.withValue("r-1") {
            Ambient.$trace.withValue(trace) { logger.info("inside") }
        }
        logger.info("outside")
        #expect(notebook.lines.map(\.requestID) == ["r-1", nil])
        #expect(notebook.lines.map(\.trace) == [trace, nil])
    }

    @Test func standingFieldsComeFirst() throws {
        let logger = try logger().with(["job": 7]).named("jobs").with(["kind": "mail"])
        logger.info("done", ["rows": 2])
        #expect(notebook.lines.first?.fields.map(\.name) == ["job", "kind", "rows"])
        #expect(notebook.lines.first?.fields.map(\.isLiteral) == [true, false, true])
    }

    @Test func secretsAreGoneBeforeAnySinkSeesThem() throws {
        try logger().error(
            "connect to postgres://me:hunter2@db failed",
            ["password": "hunter2", "note": "token=hunter2", "pin_token": 2])
        let line = try #require(notebook.lines.first)
        #expect(line.message == "connect to postgres://[redacted]@db failed")
        #expect(line.fields.map(\.value) == ["[redacted]", "token=[redacted]", "[redacted]"])
        #expect(line.fields.map(\.isLiteral) == [false, false, false])
    }

    @Test func anEndlessValueIsCut() throws {
        try logger().info("m", ["body": String(repeating: "ä", count: 10_000)])
        let value = try #require(notebook.lines.first?.fields.first?.value)
        #expect(value.utf8.count < 9_000 && value.hasSuffix("… (20000 bytes)"))
    }
}

@Suite struct LogLevelsTests {
    @Test(arguments: [
        ("loud", "loud"), ("info,postgres=loud", "postgres=loud"), ("info,,http=debug", ""), ("=debug", "=debug"),
        ("info,a=b=c", "a=b=c"), ("http=", "http="), ("ht tp=info", "ht tp=info"), ("info,", ""),
    ])
    func aBadPartIsNamed(text: String, part: String) {
        do throws(LogLevels.ParseError) {
            _ = try LogLevels(parsing: text)
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.part == part)
            #expect(error.description.contains("'\(part)'") && error.description.contains("debug, info, warning"))
        }
    }

    @Test func blanksAndCapitalsAreForgiven() throws {
        let levels = try LogLevels(parsing: " Warning , http = DEBUG ")
        #expect(levels.minimum(for: "http") == .debug && levels.minimum(for: "jobs") == .warning)
        #expect(try LogLevels(parsing: " ") == LogLevels(.info))
    }
}
