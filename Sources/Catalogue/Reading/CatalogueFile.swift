import JSON
import Spelling

/// One file on its way into the catalogue, and what is wrong with it.
struct CatalogueFile {
    let path: String
    let bytes: [UInt8]
    /// Null when the bytes are no JSON, which is reported already.
    private(set) var document: JSONValue = .null
    private(set) var problems: [CatalogueProblem] = []

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        do {
            document = try JSONValue(parsing: bytes, limits: Self.limits)
        } catch {
            problems = [CatalogueProblem(file: path, line: error.line, column: error.column, message: error.message)]
        }
    }

    /// No file of a type needs more.
    static let bytesMost = 1 << 20

    private static let limits: JSONLimits = {
        var limits = JSONLimits()
        limits.bytes = bytesMost
        limits.depth = 64
        return limits
    }()

    /// The name without folder and ending.
    var baseName: String {
        let name = path.split(separator: "/").last ?? ""
        return name.hasSuffix(".json") ? String(name.dropLast(5)) : String(name)
    }

    var isInSystemFolder: Bool { path.split(separator: "/").dropLast().last == "system" }

    /// Nobody reads further, and each report walks through the file for its line.
    private var isFull: Bool { problems.count >= JSONProblems.mostReported }

    mutating func report(_ tokens: [String], _ message: String) {
        guard !isFull else { return }
        let place = DocumentPlaces(bytes).place(of: tokens)
        let pointer = JSONPointer(tokens)
        let subject = tokens.isEmpty ? "the file" : pointer.description
        problems.append(
            CatalogueProblem(
                file: path, line: place.line, column: place.column, message: "\(subject) \(message)"))
    }

    /// Reports a name that is not among the known ones.
    mutating func report(_ tokens: [String], unknown name: String, _ what: String, among known: [String]) {
        guard !isFull else { return }
        report(tokens, "\(what) \(Spelling.quoted(name)): \(Advice.about(name, among: known))")
    }
}
