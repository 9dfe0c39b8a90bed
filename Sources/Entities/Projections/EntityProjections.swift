import Catalogue
import Postgres
public import Projections

/// Every projection of this version: the list that a new one is added to.
public struct EntityProjections: Sendable {
    private let moveVersions: Template
    private let closeReferences: Template
    private let pruneReceipts: Template

    /// - Parameter set: has the files with their statements.
    public init(_ set: ProjectionSet) throws(ProjectionError) {
        moveVersions = try set.statement("move", of: VersionProjector.table.shape.name)
        closeReferences = try set.statement("close", of: ReferenceProjector.table.shape.name)
        pruneReceipts = try set.statement("prune", of: ReceiptProjector.table.shape.name)
    }

    /// What is kept of entities. Versions come first: they are moved out of the table that the next one writes.
    ///
    /// - Parameter countsAfter: events up to this position are counted already.
    func entities(_ vocabulary: Vocabulary? = nil, countsAfter: Int = 0) -> ProjectorList<EntityChange> {
        ProjectorList([
            VersionProjector(move: moveVersions), EntityProjector(), ReferenceProjector(close: closeReferences),
            WordProjector(vocabulary), CountProjector(after: countsAfter),
        ])
    }

    func receipts() -> ProjectorList<Receipt> { ProjectorList([ReceiptProjector(prune: pruneReceipts)]) }

    /// The tables of all of them.
    public static let tables: [TableShape] = [
        VersionProjector.table.shape, EntityProjector.table.shape, ReferenceProjector.table.shape,
        WordProjector.table.shape, CountProjector.table.shape, ReceiptProjector.table.shape,
    ]

    /// How the log becomes their rows, for rebuilds and checks.
    func fold(_ catalogue: Catalogue) -> ProjectionFold {
        ProjectionFold([
            FoldPart(.others, tables: entities().tables) { scope in
                EntityFold(entities(countsAfter: scope.countsAfter), catalogue, scope)
            },
            FoldPart(.all, tables: receipts().tables) { scope in ReceiptFold(receipts(), scope) },
        ])
    }
}
