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

    /// - Parameter essential: see ``essential``; default all.
    public init(files: [ProjectionFile], types: [TypeTraits], rules: Int, essential: Set<String>? = nil) {
        self.files = files
        self.types = types.sorted { $0.name < $1.name }
        self.rules = rules
        self.essential = essential ?? Set(files.map(\.name))
        let kept = files.sorted { $0.name < $1.name }.map { ($0.name, Self.record(of: $0, types, rules).kept) }
        fingerprint = SHA256.hash(JSONValue.object(JSONObject(kept)).canonicalBytes).hex
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
