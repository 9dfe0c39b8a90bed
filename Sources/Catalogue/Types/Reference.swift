public import System

/// What a field may refer to.
public struct Reference: Sendable, Hashable {
    /// The names of the types; `["*"]` for any.
    public let types: [String]
    /// Whether there may be several.
    public let isList: Bool
    public let onArchive: OnArchive

    /// What becomes of the one who refers when what it refers to is archived.
    public enum OnArchive: String, Sendable, CaseIterable {
        case keep
        /// It is archived along, as a scene with its story.
        case archive
    }

    public init(types: [String], isList: Bool, onArchive: OnArchive = .keep) {
        self.types = types
        self.isList = isList
        self.onArchive = onArchive
    }

    public func allows(type name: String) -> Bool { types.contains(name) || types == ["*"] }
}

/// A place in the data of a type where references are.
public struct ReferencePath: Sendable, Hashable {
    /// The names on the way, joined by dots; arrays add nothing: `layers.entity`.
    public let path: String
    public let reference: Reference
}

/// A reference found in an entity's data.
public typealias FoundReference = (field: String, target: UUID)
