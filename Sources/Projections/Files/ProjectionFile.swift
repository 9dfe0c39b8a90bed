import Cryptography
import System

/// A projection as its SQL file declares it: a table, its indexes, and the statements that keep it.
///
/// The file begins with a comment that says what it is for and how it is rebuilt; each part follows a line
/// `-- part: name`. `:name` stands for a value, `{columns}` for the columns that Swift declares with their types, and
/// `{names}` for their names alone.
public struct ProjectionFile: Sendable {
    public let name: String
    /// What it is for, and how it is rebuilt.
    public let summary: String
    private var parts: [String: String]

    /// The parts that every projection has.
    static let required = ["table", "indexes"]

    public init(name: String, text: String) throws(ProjectionError) {
        var summary: [Substring] = []
        var parts: [String: String] = [:]
        var part: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("-- part: ") {
                let title = String(line.dropFirst(9))
                if parts[title] != nil { throw .file(name, "has two parts `\(title)`. Keep one.") }
                parts[title] = ""
                part = title
            } else if let part {
                parts[part]? += line + "\n"
            } else if line.hasPrefix("-- ") {
                summary.append(line.dropFirst(3))
            }
        }
        if summary.isEmpty { throw .file(name, "does not say what it is for. Begin it with a comment that does.") }
        for title in Self.required where parts[title] == nil {
            throw .file(name, "lacks the part `\(title)`. Add a line `-- part: \(title)` and the statements.")
        }
        self.name = name
        self.summary = summary.joined(separator: " ")
        self.parts = parts
    }

    /// All files of a folder, in order of name.
    public static func load(from folder: String) throws -> [ProjectionFile] {
        try Files.names(in: folder).filter { $0.hasSuffix(".sql") }.sorted().map { file in
            try ProjectionFile(name: String(file.dropLast(4)), text: try Files.readText("\(folder)/\(file)"))
        }
    }

    /// The same with the columns of its table.
    func filled(by table: TableShape) throws(ProjectionError) -> ProjectionFile {
        guard parts["table"]?.contains("{columns}") == true else {
            throw .file(name, "says nowhere where its columns go. Write `{columns}` into the part `table`.")
        }
        var file = self
        let columns = "\n    \(table.declarations.joined(separator: ",\n    "))"
        let names = table.columns.joined(separator: ", ")
        for (part, text) in parts {
            file.parts[part] = text.replacing("{columns}", with: columns).replacing("{names}", with: names)
        }
        return file
    }

    /// Changes with whatever changes the table.
    public var fingerprint: String {
        SHA256.hash(Self.required.prefix(2).map { parts[$0] ?? "" }.joined(separator: "\u{1F}")).hex
    }

    /// The statements that make the table, or its indexes, in a schema: `live`, or one that is being built beside it.
    public func script(_ part: String, in schema: String) -> String {
        (parts[part] ?? "").replacing("live.", with: "\(schema).")
    }

    /// The statements that make the table in a schema, with a partition for each entity type where it has such.
    public func tableScript(in schema: String, types: [String]) -> String {
        script("table", in: schema) + partitionScript(for: types, in: schema)
    }

    func partitionScript(for types: [String], in schema: String = ProjectionSet.live) -> String {
        if parts["partition"] == nil { return "" }
        return types.map { script("partition", in: schema).replacing("{type}", with: $0) }.joined(separator: "\n")
    }

    /// One of the statements that keep the table.
    func statement(_ part: String) throws(ProjectionError) -> Template {
        guard parts[part] != nil else {
            throw .file(name, "lacks the part `\(part)`. Put the file of this version back.")
        }
        return Template(script(part, in: ProjectionSet.live))
    }
}

/// What is wrong with projections, and what to do about it.
public enum ProjectionError: Error, Sendable, Hashable, CustomStringConvertible {
    case file(String, String)
    case unknown(String, known: [String])
    /// Another rebuild is under way, or a check.
    case busy
    case tooFewConnections(Int, wanted: Int)
    /// The tables could not be had for the exchange.
    case tablesInUse(tries: Int)
    /// The live tables were made in another way than this version would make them.
    case stale([String])

    public var description: String {
        switch self {
        case .file(let name, let problem): "projections/\(name).sql \(problem)"
        case .unknown(let name, let known):
            "There is no projection `\(name)`. Name some of \(known.joined(separator: ", "))."
        case .busy: "Another rebuild or check is under way. Wait until it is done, then start again."
        case .tooFewConnections(let count, let wanted):
            "This takes \(wanted) connections at least, and \(count) are allowed. Raise LIFEOS_DATABASE_CONNECTIONS."
        case .tablesInUse(let tries):
            "The tables were in use at each of \(tries) tries to exchange them. End long queries, then start again."
        case .stale(let names):
            "\(names.joined(separator: ", ")) are built in another way than this version does. "
                + "Run `lifeos projections rebuild` first."
        }
    }
}
