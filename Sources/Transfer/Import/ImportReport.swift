public import System

/// What became, or would become, of each file of an import.
public struct ImportReport: Sendable, Hashable {
    /// In the order of their paths.
    public internal(set) var items: [Item]

    public struct Item: Sendable, Hashable {
        /// From the folder on, such as `character/ada.json`.
        public let path: String
        /// The entity's id; nil where the file was not understood.
        public let id: UUID?
        public let type: String?
        public internal(set) var outcome: Outcome
        /// What is wrong with the file, and what to do about it. Also for one that was imported without a part.
        public internal(set) var problems: [String]
    }

    public enum Outcome: String, Sendable, CaseIterable {
        case created, changed, unchanged, refused
    }

    public func count(_ outcome: Outcome) -> Int { items.count { $0.outcome == outcome } }

    public var problemCount: Int { items.reduce(0) { $0 + $1.problems.count } }
}
