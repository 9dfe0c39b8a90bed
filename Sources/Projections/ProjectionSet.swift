public import Catalogue
import Cryptography
import JSON

/// All projections of this version, and the entity types they hold.
public struct ProjectionSet: Sendable {
    public let files: [ProjectionFile]
    /// Ordered by name.
    public let types: [TypeTraits]
    /// Goes up whenever other rows are made of the same events, whatever their type.
    public let rules: Int
    /// The projections without which nothing can be answered or decided. Others are built beside, while everything else goes on.
    public let essential: Set<String>
    /// Names what every writer of a database has to keep: those of one version and catalogue have the same.
    public let fingerprint: String

    /// The schema that is read and written.
    public static let live = "live"
    /// The schema in which tables are filled; whatever a killed rebuild left there goes with the next.
    static let draft = "rebuilt"
    /// Stands where the rows of a projection are not those of the log.
    static let notBuilt = "not built"
    /// Two nodes that start at once must not both make the tables.
    static let lockNumber: Int64 = 0x4C49_4645_5052_4F4A

    /// There is one rebuild at a time.
    static let rebuildLockNumber: Int64 = 0x4C49_4645_5245_4255

    /// - Parameters:
    ///   - tables: one for each file.
    ///   - essential: see ``essential``; default all.
    public init(
        files: [ProjectionFile], tables: [TableShape], types: [TypeTraits], rules: Int, essential: Set<String>? = nil
    ) throws(ProjectionError) {
        for table in tables where !files.contains(where: { $0.name == table.name }) {
            throw .file(table.name, "is missing. Put the file of this version back.")
        }
        var filled: [ProjectionFile] = []
        for file in files {
            guard let table = tables.first(where: { $0.name == file.name }) else {
                throw .file(file.name, "belongs to no projection of this version. Remove it.")
            }
            filled.append(try file.filled(by: table))
        }
        self.files = filled
        self.types = types.sorted { $0.name < $1.name }
        self.rules = rules
        self.essential = essential ?? Set(filled.map(\.name))
        let kept = filled.sorted { $0.name < $1.name }.map { ($0.name, Self.record(of: $0, types, rules).kept) }
        fingerprint = SHA256.hash(JSONValue.object(JSONObject(kept)).canonicalBytes).hex
    }

    /// A statement that keeps a table, in its file's own words.
    public func statement(_ part: String, of name: String) throws(ProjectionError) -> Template {
        guard let file = files.first(where: { $0.name == name }) else { throw .unknown(name, known: files.map(\.name)) }
        return try file.statement(part)
    }

    var typeNames: [String] { types.map(\.name) }

    /// What a projection is made by in this version.
    func record(of file: ProjectionFile) -> ProjectionRecord { Self.record(of: file, types, rules) }

    private static func record(of file: ProjectionFile, _ types: [TypeTraits], _ rules: Int) -> ProjectionRecord {
        ProjectionRecord(
            shape: file.shape, indexes: file.plainIndexes.mapValues(\.hash), rules: rules,
            types: Dictionary(types.map { ($0.name, $0) }) { first, _ in first })
    }
}
