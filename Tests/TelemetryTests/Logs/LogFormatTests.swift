import JSON
import System
import Testing

@testable import Telemetry

@Suite struct LogFormatTests {
    func line(
        _ format: LogFormat, _ message: String, _ fields: Logger.Fields = [:], module: String = "http"
    ) -> String {
        let bytes = Lock<[UInt8]>([])
        let logger = Logger(module: module, levelMin: .debug, clock: FixedClock()) { entry in
            bytes.withLock { $0 = format.render(entry) }
        }
        logger.warning(message, fields)
        return String(decoding: bytes.withLock { $0 }, as: UTF8.self)
    }

    @Test func numbersStayNumbersInJSON() {
        let line = line(.json, "m", ["i": 1, "d": 0.5, "b": true, "n": Double.nan, "s": "1", "t": Duration.seconds(1)])
        #expect(line.hasSuffix(#""message":"m","i":1,"d":0.5,"b":true,"n":"nan","s":"1","t":"1.0 seconds"}"# + "\n"))
    }

    @Test func anyTextIsValidJSON() {
        let line = line(.json, "a\"b\\c\nd\re\tf\u{0}g\u{1F}h\u{7F}ü😀\u{2028}")
        #expect(line.contains(#""message":"a\"b\\c\nd\re\tf\u0000g\u001fh\u007fü😀\u2028""#))
        #expect(line.utf8.filter { $0 == 0x0A }.count == 1)
    }

    /// An access log shows what strangers ask for. C1 characters and marks of direction came through in JSON, and so moved
    /// cursors and turned lines round wherever the log was looked at.
    @Test func noCharacterOfAnyLineCommandsATerminal() throws {
        let all = (0...0x10FFFF).compactMap { Unicode.Scalar($0) }.filter(\.commandsTerminals)
        #expect(all.count > 70 && all.contains("\u{9B}") && all.contains("\u{202E}") && all.contains("\u{200F}"))
        var text = ""
        text.unicodeScalars.append(contentsOf: all)
        for format in [LogFormat.json, .human(isColoured: false)] {
            let line = line(format, text, ["target": text])
            #expect(line.unicodeScalars.filter(\.commandsTerminals) == ["\n"])
        }
        let json = line(.json, "m", ["target": text])
        #expect(try JSONValue(parsing: Array(json.utf8))["target"]?.string == text)
    }

    @Test func noNameStandsTwiceInJSON() {
        let line = line(.json, "m", ["level": "x", "a": 1, "a": 2, "a_": 3])
        #expect(line.hasSuffix(#""level_":"x","a":1,"a_":2,"a__":3}"# + "\n"))
    }

    @Test func theTraceIsSpelledInW3CDigits() throws {
        let trace = try #require(TraceContext(traceparent: TraceContextTests.valid))
        let text = Ambient.$trace.withValue(trace) { line(.json, "m") }
        #expect(text.contains(#""trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331""#))
    }

    /// The access log names the request itself; the same from the task became `request_id_` beside it.
    @Test func theRequestAndTheTraceAreNamedOnce() throws {
        let trace = try #require(TraceContext(traceparent: TraceContextTests.valid))
        for format in [LogFormat.json, .human(isColoured: false)] {
            let text = Ambient.$requestID.withValue("r-1") {
                Ambient.$trace.withValue(trace) { line(format, "m", ["request_id": "r-2", "trace_id": "t-2"]) }
            }
            #expect(text.contains("r-2") && text.contains("t-2"))
            #expect(
                !text.contains("r-1") && !text.contains("id_") && !text.contains("0af7651916cd43dd8448eb211c80319c"))
        }
    }

    @Test func peopleReadOneLine() {
        let line = line(.human(isColoured: false), "two\nlines \u{1B}[31m", ["a": 1, "b": "x y", "c": "q\"", "d": ""])
        #expect(
            line == #"2023-11-14T22:13:20.500Z WARNING http: two\nlines \u{1b}[31m a=1 b="x y" c="q\"" d="""# + "\n")
    }

    @Test func coloursComeOnlyWhenWanted() throws {
        #expect(line(.human(isColoured: true), "m").contains("\u{1B}[33mWARNING\u{1B}[0m"))
        #expect(!line(.human(isColoured: false), "m").contains("\u{1B}"))
        let file = try FileDescriptor.open("/dev/null", .append(mode: 0))
        #expect(LogFormat.suited(to: file.number) == .json)
    }
}
