import Glibc
import System
import Telemetry
import Testing

@Suite struct LogWriterTests {
    let metrics = Metrics()

    /// A pipe's two ends: what is read, what is written.
    func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw SystemError.last("pipe") }
        return (ends[0], ends[1])
    }

    func logger(_ writer: LogWriter) -> Logger {
        Logger(module: "test", levels: LogLevels(.debug), clock: FixedClock(), sinks: [writer])
    }

    func readAll(_ number: Int32) throws -> [String] {
        let file = FileDescriptor(adopting: number)
        var bytes: [UInt8] = []
        while case let chunk = try file.read(upTo: 65_536), !chunk.isEmpty { bytes += chunk }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func everyLineIsWrittenInOrderAndTheEndClosesTheDescriptor() throws {
        let (reading, writing) = try pipe()
        do {
            let writer = LogWriter(to: FileDescriptor(adopting: writing), as: .json, metrics: metrics)
            for n in 0..<100 { logger(writer).info("line", ["n": n]) }
            writer.flush(atMost: .seconds(10))
        }
        let lines = try readAll(reading)
        #expect(lines.count == 100)
        #expect(
            lines.first
                == #"{"time":"2023-11-14T22:13:20.500000Z","level":"info","module":"test","message":"line","n":0}"#)
        #expect(lines.last?.hasSuffix("\"n\":99}") == true)
    }

    @Test func aStalledReaderNeverBlocksAndTheLossIsTold() throws {
        let (reading, writing) = try pipe()
        let text = String(repeating: "x", count: 1_000)
        do {
            let writer = LogWriter(
                to: FileDescriptor(adopting: writing), as: .json, metrics: metrics, queueBytesMax: 16_384)
            // Nobody reads: the pipe takes 64 KiB, the queue 16, and the rest is lost.
            for _ in 0..<500 { logger(writer).info("line", ["text": text]) }
            writer.flush(atMost: .milliseconds(1))
        }
        let lines = try readAll(reading)
        let dropped = metrics.counter("lifeos_logger_dropped_lines_total", help: "", labels: ["reason"]).with(
            "queue_full")
        let taken = metrics.counter("lifeos_logger_lines_total", help: "", labels: ["level"]).with("info")
        let notices = lines.filter { $0.contains("dropped_lines") }
        #expect(dropped.value > 0 && dropped.value + taken.value == 500)
        #expect(lines.count - notices.count == Int(taken.value))
        let told = notices.compactMap { $0.split(separator: "\"dropped_lines\":").last?.dropLast() }.compactMap {
            UInt64($0)
        }
        #expect(told.reduce(0, +) == dropped.value)
    }

    @Test func aClosedReaderIsCountedAndDoesNotEndTheProcess() throws {
        let (reading, writing) = try pipe()
        close(reading)
        let writer = LogWriter(to: FileDescriptor(adopting: writing), as: .json, metrics: metrics)
        logger(writer).info("into the void")
        writer.flush(atMost: .seconds(10))
        let failed = metrics.counter("lifeos_logger_dropped_lines_total", help: "", labels: ["reason"]).with(
            "write_failed")
        #expect(failed.value == 1)
    }

    @Test func manyThreadsWriteWholeLines() async throws {
        let (reading, writing) = try pipe()
        let reader = Task { try readAll(reading) }
        do {
            let writer = LogWriter(to: FileDescriptor(adopting: writing), as: .json, metrics: metrics)
            await withTaskGroup { group in
                for task in 0..<8 {
                    group.addTask { for n in 0..<200 { logger(writer).info("line", ["task": task, "n": n]) } }
                }
            }
            writer.flush(atMost: .seconds(10))
        }
        let lines = try await reader.value
        #expect(lines.count == 1_600)
        #expect(lines.allSatisfy { $0.hasPrefix("{\"time\":") && $0.hasSuffix("}") })
    }
}
