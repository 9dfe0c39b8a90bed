/// Why a database cannot be brought to this version's schema, and what to do.
public struct MigrationError: Error, Equatable, CustomStringConvertible {
    /// What kind of trouble it is. More may come, so a `switch` needs a `default`.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The files are not as they should be.
        public static let badFolder = Code(rawValue: "bad_folder")
        /// The database was made by a newer Life-OS.
        public static let databaseIsNewer = Code(rawValue: "database_is_newer")
        /// A file that was applied has been edited since.
        public static let edited = Code(rawValue: "edited")
        /// A migration's SQL does not run.
        public static let failed = Code(rawValue: "failed")
    }

    public let code: Code
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
