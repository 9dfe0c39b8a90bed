public import Postgres

/// All projections of this version, and the entity types they hold.
public struct ProjectionSet: Sendable {
    public let files: [ProjectionFile]
    /// The names of the entity types, each with a text that changes with whatever changes its rows.
    public let types: [(name: String, fingerprint: String)]

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

    /// - Parameter tables: one for each file.
    public init(
        files: [ProjectionFile], tables: [TableShape], types: [(name: String, fingerprint: String)]
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
        self.types = types
    }

    /// A statement that keeps a table, in its file's own words.
    public func statement(_ part: String, of name: String) throws(ProjectionError) -> Template {
        guard let file = files.first(where: { $0.name == name }) else { throw .unknown(name, known: files.map(\.name)) }
        return try file.statement(part)
    }

    /// What a projection is built from: its table, and the types whose rows are in it.
    func fingerprint(of file: ProjectionFile, without new: Set<String> = []) -> String {
        ([file.fingerprint] + types.filter { !new.contains($0.name) }.map { "\($0.name)=\($0.fingerprint)" })
            .joined(separator: "\n")
    }

    /// Makes what is missing: tables on a new database, partitions for new entity types.
    ///
    /// - Returns: projections that were built in another way than this version would; they want a rebuild.
    public func install(in pool: PostgresPool) async throws -> [String] {
        try await pool.withConnection { connection in
            try await connection.withAdvisoryLock(Self.lockNumber) { connection in
                try await connection.transaction { try install(on: $0) }
            }
        }
    }

    private func install(on connection: isolated Connection) throws -> [String] {
        let rows = try connection.query("projections_list", "SELECT name, fingerprint FROM log.projections")
        let built = Dictionary(try rows.decode(String.self, String.self), uniquingKeysWith: { first, _ in first })
        var stale: [String] = []
        for file in files {
            if let old = built[file.name] {
                let new = newTypes(since: old)
                // What was skipped while nobody knew the type can be read by now.
                if try isStale(file, old) || hasEvents(of: new, on: connection) { stale.append(file.name) }
                if new.isEmpty { continue }
                try connection.runScript("projection_partitions", unsafeSQL: file.partitionScript(for: new))
                if !stale.contains(file.name) { try record(file, on: connection) }
            } else {
                try connection.runScript(
                    "projection_tables",
                    unsafeSQL: file.tableScript(in: Self.live, types: types.map(\.name))
                        + file.script("indexes", in: Self.live))
                let isEmpty = try connection.logHead(locked: false).position == 0
                try record(file, isBuilt: isEmpty, on: connection)
                if !isEmpty { stale.append(file.name) }
            }
        }
        return stale
    }

    private func hasEvents(of types: [String], on connection: isolated Connection) throws -> Bool {
        try connection.query(
            "projections_new_types",
            """
            SELECT EXISTS (SELECT FROM unnest(\(types)) AS new (type)
                WHERE EXISTS (SELECT FROM log.events AS e WHERE e.category = new.type))
            """
        ).only(Bool.self)
    }

    /// - Parameter isBuilt: false where the table is there, but lacks the rows: it stays stale until it is rebuilt.
    func record(_ file: ProjectionFile, isBuilt: Bool = true, on connection: isolated Connection) throws {
        try connection.execute(
            "projection_record",
            """
            INSERT INTO log.projections (name, fingerprint, position)
            SELECT \(file.name), \(isBuilt ? fingerprint(of: file) : Self.notBuilt), position FROM log.head
            ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint, position = excluded.position,
                built_at = now()
            """)
    }
}
