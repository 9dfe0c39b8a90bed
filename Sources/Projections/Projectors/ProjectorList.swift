public import Postgres

/// The projectors that look at the same kind of change, in the order in which they write.
public struct ProjectorList<Change: Sendable>: Sendable {
    private var projectors: [any Projector<Change>]

    public init(_ projectors: [any Projector<Change>]) { self.projectors = projectors }

    /// Only those of the named tables.
    public func only(_ names: Set<String>) -> ProjectorList {
        ProjectorList(projectors.filter { names.contains(Self.shape($0).name) })
    }

    public mutating func apply(_ change: Change) {
        for index in projectors.indices { projectors[index].apply(change) }
    }

    /// Adds what brings all live tables up to the changes.
    public func write(into batch: inout Batch) { for projector in projectors { projector.write(into: &batch) } }

    private static func shape(_ projector: some Projector<Change>) -> TableShape { projector.table.shape }

    // Rebuild

    public var tables: [TableShape] { projectors.map { Self.shape($0) } }

    public mutating func endStream() { for index in projectors.indices { projectors[index].endStream() } }

    /// The rows that are complete by now, for each of ``tables``.
    mutating func takeRows() -> [CopyRows] { projectors.indices.map { projectors[$0].takeRows() } }

    /// The rows that only the whole log tells, for each of ``tables``.
    func lastRows() -> [CopyRows] { projectors.map { $0.lastRows() } }

    /// Takes over what another reader has gathered of other streams, and returns what of it was new.
    mutating func merge(_ other: ProjectorList) -> ProjectorList {
        ProjectorList(projectors.indices.map { Self.merge(&projectors[$0], other.projectors[$0]) })
    }

    func update(in schema: String, into batch: inout Batch) {
        for projector in projectors { projector.update(in: schema, into: &batch) }
    }

    private static func merge<P: Projector<Change>>(
        _ projector: inout P, _ other: any Projector<Change>
    ) -> any Projector<Change> {
        guard let other = other as? P else { preconditionFailure("readers of one rebuild have the same projectors") }
        return projector.merge(other)
    }
}
