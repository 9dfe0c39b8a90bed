import Postgres

/// How far the tables of a database are from what this version would make.
public struct TableStanding: Sendable, Hashable {
    /// Projections without which nothing can be answered until they are built.
    public internal(set) var unusable: [String] = []
    /// Projections that answer as they are, or that nobody has to wait for, and want to be built beside.
    public internal(set) var outdated: [String] = []
    /// Projections whose indexes have to be brought up to date.
    public internal(set) var indexes: [String] = []

    /// Those that want a rebuild, in the order of their names.
    public var stale: [String] { (unusable + outdated).sorted() }

    /// Whether nothing is left to do.
    public var isCurrent: Bool { stale.isEmpty && indexes.isEmpty }
}

extension ProjectionSet {
    /// What is there, and what this version has to do about it.
    struct Found {
        /// What was noted of each; nil where that cannot be read. What is not noted at all is missing.
        var records: [String: ProjectionRecord?] = [:]
        var changes: [String: ProjectionChange] = [:]
        /// What has to be noted of tables that stay.
        var amendments: [String: ProjectionRecord] = [:]
        var standing = TableStanding()
        /// Whether the log is.
        var isEmpty: Bool
        /// Whether writers of other versions are refused.
        var isOurs: Bool
        /// Tables that are not there, or of another shape though nobody has to wait for them.
        var unmade: [ProjectionFile] = []

        /// Whether there is nothing to make and nothing to note. While tables are unusable, others may use them.
        var isSettled: Bool {
            unmade.isEmpty && (!standing.unusable.isEmpty || isOurs && amendments.isEmpty)
        }
    }

    func look(on connection: isolated Connection) throws -> Found {
        let rows = try connection.query("projections_list", "SELECT name, fingerprint FROM log.projections")
        let noted = Dictionary(try rows.decode(String.self, String.self)) { first, _ in first }
        let (tables, isEmpty) = try connection.query("log_tables", "SELECT tables, position = 0 FROM log.head")
            .only(String?.self, Bool.self)
        var found = Found(isEmpty: isEmpty, isOurs: tables == fingerprint)
        let search = EventSearch()
        for file in files {
            guard let text = noted[file.name] else {
                found.unmade.append(file)
                found.changes[file.name] = .meaning
                if !isEmpty { found.add(file, isEssential: essential.contains(file.name)) }
                continue
            }
            let (record, wanted) = (ProjectionRecord(text), record(of: file))
            found.records[file.name] = .some(record)
            let change = try record?.change(to: wanted) { try search.answer($0, on: connection) } ?? .meaning
            found.changes[file.name] = change
            if change == .meaning {
                let isEssential = essential.contains(file.name)
                found.add(file, isEssential: isEssential)
                if !isEssential, record?.shape != wanted.shape { found.unmade.append(file) }
            } else if let record, change > .none {
                var next = try ProjectionRecord.following(record, wanted) { try search.answer($0, on: connection) }
                next.indexes = record.indexes
                next.state = change == .rows ? .mixed : .whole
                if next != record { found.amendments[file.name] = next }
                if change == .rows { found.standing.outdated.append(file.name) }
                if change == .indexes { found.standing.indexes.append(file.name) }
            }
        }
        return found
    }

    /// The names of those that are missing, want a rebuild or lack an index.
    func unfinished(on connection: isolated Connection) throws -> [String] {
        let changes = try look(on: connection).changes
        return files.map(\.name).filter { changes[$0].map { $0 >= .indexes } ?? true }
    }

    /// The names of those that are missing or want a rebuild.
    func stale(on connection: isolated Connection) throws -> [String] {
        let changes = try look(on: connection).changes
        return files.map(\.name).filter { changes[$0].map { $0 >= .rows } ?? true }
    }
}

extension ProjectionSet.Found {
    fileprivate mutating func add(_ file: ProjectionFile, isEssential: Bool) {
        if isEssential { standing.unusable.append(file.name) } else { standing.outdated.append(file.name) }
    }
}
