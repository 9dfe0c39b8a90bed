internal import Glibc
internal import JSON
internal import System

/// How a line looks.
public enum LogFormat: Sendable, Hashable {
    /// One JSON object a line, for machines.
    case json
    /// One line for people, coloured by level if wanted.
    case human(isColoured: Bool)

    /// For people when the descriptor is a terminal, JSON otherwise.
    ///
    /// - Parameter wantsColour: say no when `NO_COLOR` is set.
    public static func suited(to descriptor: Int32, wantsColour: Bool = true) -> LogFormat {
        isatty(descriptor) == 1 ? .human(isColoured: wantsColour) : .json
    }

    /// The line with its end.
    func render(_ entry: Logger.Entry) -> [UInt8] {
        switch self {
        case .json: Self.json(entry)
        case .human(let isColoured): Array(Self.human(entry, isColoured).utf8)
        }
    }
}

extension LogFormat {
    private static let ownNames = ["time", "level", "module", "message"]

    /// The request and the span that the task was in. A field of the same name says it more exactly and stands instead.
    private static func ambient(_ entry: Logger.Entry) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        if let requestID = entry.requestID { found.append(("request_id", requestID)) }
        if let trace = entry.trace { found += [("trace_id", trace.traceIDText), ("span_id", trace.spanIDText)] }
        return found.filter { ambient in !entry.fields.contains { $0.name == ambient.name } }
    }

    private static func json(_ entry: Logger.Entry) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { line in
            line.field("time", entry.time.description)
            line.field("level", entry.level.description)
            line.field("module", entry.module)
            line.field("message", entry.message)
            for (name, value) in ambient(entry) { line.field(name, value) }
            var names = ownNames + ambient(entry).map(\.name)
            for field in entry.fields {
                // Readers refuse or silently merge equal names, so a second one is written as `name_`.
                var name = field.name
                while names.contains(name) { name += "_" }
                names.append(name)
                line.field(name) {
                    if field.isLiteral { $0.verbatim(Array(field.value.utf8)) } else { $0.write(field.value) }
                }
            }
        }
        writer.endLine()
        return inert(writer.bytes)
    }

    /// The same JSON with what commands terminals escaped, which JSON itself asks for below U+0020 alone: people look at
    /// these lines too, with `tail` or `journalctl`.
    private static func inert(_ line: [UInt8]) -> [UInt8] {
        guard line.contains(where: { $0 >= 0x7F }) else { return line }
        let text = String(decoding: line, as: UTF8.self)
        func commands(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x7F && scalar.commandsTerminals }
        guard text.unicodeScalars.contains(where: commands) else { return line }
        return text.unicodeScalars.reduce(into: []) { bytes, scalar in
            guard commands(scalar) else { return bytes.append(contentsOf: String(scalar).utf8) }
            let digits = String(scalar.value, radix: 16)
            bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
        }
    }
}

extension LogFormat {
    private static func human(_ entry: Logger.Entry, _ isColoured: Bool) -> String {
        let (on, off) = isColoured ? (colour(of: entry.level), "\u{1B}[0m") : ("", "")
        let dim = isColoured ? "\u{1B}[2m" : ""
        let level = entry.level.description.uppercased()
        var line = "\(dim)\(entry.time.milliseconds)\(off) \(on)\(level)\(off)"
        line += String(repeating: " ", count: 8 - level.utf8.count)
        line += "\(visible(entry.module)): \(visible(entry.message))"
        for field in entry.fields { line += " \(dim)\(visible(field.name))=\(off)\(quoted(field.value))" }
        for (name, value) in ambient(entry) where name != "span_id" { line += " \(dim)\(name)=\(off)\(quoted(value))" }
        return line + "\n"
    }

    private static func colour(of level: Logger.Level) -> String {
        switch level {
        case .debug: "\u{1B}[2m"
        case .info: "\u{1B}[32m"
        case .warning: "\u{1B}[33m"
        case .error: "\u{1B}[1;31m"
        }
    }

    private static func quoted(_ value: String) -> String {
        let needsQuotes = value.isEmpty || value.utf8.contains { $0 == 0x20 || $0 == UInt8(ascii: "\"") }
        return needsQuotes
            ? "\"\(visible(value).split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\""))\""
            : visible(value)
    }

    /// Control characters would let a logged value move the cursor or fake a line.
    private static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: \.commandsTerminals) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": shown += "\\n"
            case "\t": shown += "\\t"
            case _ where scalar.commandsTerminals: shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
