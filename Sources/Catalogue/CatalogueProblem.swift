/// One thing wrong in a file of the catalogue, and what to do about it.
public struct CatalogueProblem: Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// Counted from 1; nil when the file or folder as a whole is meant.
    public let line: Int?
    /// Counted from 1 in characters.
    public let column: Int?
    /// What is wrong, where in the document, and what to write instead.
    public let message: String

    /// Such as `events/outfit.json:12:9: /schema/properties/items …`.
    public var description: String {
        let place = [line, column].compactMap { $0 }.map { ":\($0)" }.joined()
        return "\(file)\(place): \(message)"
    }
}

/// Everything wrong in all files of the catalogue.
public struct CatalogueProblems: Error, Sendable, Hashable, CustomStringConvertible {
    public let problems: [CatalogueProblem]

    /// One problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
