import System

/// What to measure, and how long.
struct Bench {
    /// One part of the table; each brings its own peers up and down.
    enum Part: String, CaseIterable {
        case json, telemetry, http, sql, process, studio, replay
    }

    var parts = Part.allCases
    /// Shorter rounds and fewer of them: under a minute, and less to be trusted.
    var isQuick = false
    var printsJSON = false

    var seconds: Int { isQuick ? 1 : 2 }
    var rounds: Int { isQuick ? 1 : 3 }

    static let usage =
        "usage: ops/bench [--quick] [--json] [--only \(Part.allCases.map(\.rawValue).joined(separator: "|"))]"

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--quick": isQuick = true
            case "--json": printsJSON = true
            case "--only":
                guard let part = rest.popFirst().flatMap(Part.init) else { throw BenchError(Self.usage) }
                parts = [part]
            default: throw BenchError(Self.usage)
            }
        }
    }

    /// Measures every part in a scratch folder that is removed again.
    func run() async throws -> Table {
        let folder = "/tmp/lifeos-bench-\(UInt32.random(in: 0 ... .max))"
        try Files.makeFolder(folder)
        defer { try? Files.removeTree(folder) }
        var rows: [Comparison] = []
        for part in parts {
            say("measuring \(part.rawValue) …")
            switch part {
            case .json: rows += jsonRows()
            case .telemetry: rows += telemetryRows()
            case .http: rows += try await httpRows(folder)
            case .sql: rows += try await sqlRows(folder)
            case .process: rows += try await processRows(folder)
            case .studio: rows += try await studioRows(folder)
            case .replay: rows += try await replayRows(folder)
            }
        }
        return Table(rows: rows)
    }

    private func telemetryRows() -> [Comparison] {
        measureTelemetry().map { row in .absolute(row.name, unit: row.unit, aim: .none, values: [row.value]) }
    }

    private func jsonRows() -> [Comparison] {
        measureJSON().map { row in
            .absolute(row.name, unit: "µs/KB", aim: .atMost(6), values: [row.microsecondsPerKilobyte])
        }
    }
}

/// Tells what is going on, beside the table.
func say(_ text: String) {
    let line = FileDescriptor(adopting: 2)
    try? line.write(Array("\(text)\n".utf8).span)
    _ = line.release()
}
