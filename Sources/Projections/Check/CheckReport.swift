/// What a check found.
public struct CheckReport: Sendable, Hashable {
    /// The position at which the projections were compared with the log.
    public let position: Int
    public let projections: [Projection]
    /// What nothing could be made of, in the live tables as in those made anew.
    public let skipped: SkippedEvents

    public struct Projection: Sendable, Hashable {
        public let name: String
        /// Rows that are there, and rows that should be.
        public let liveRows: Int
        public let rebuiltRows: Int
        public let isSame: Bool
        /// Some of the rows that differ.
        public let differences: [Difference]
    }

    /// A row that is not as the log has it.
    public struct Difference: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable { case missing, surplus, different }

        public let kind: Kind
        /// The values of the columns that tell rows apart.
        public let key: [String]
        /// The columns that differ, where the row is there in both.
        public let columns: [String]

        public init(kind: Kind, key: [String], columns: [String]) {
            self.kind = kind
            self.key = key
            self.columns = columns
        }
    }

    public var isClean: Bool { projections.allSatisfy(\.isSame) }
}
