public import Postgres

extension ProjectionSet {
    /// Makes what is missing: tables on a new database, partitions for new entity types.
    ///
    /// From then on the database takes events of this version's writers only, unless some tables are unusable: then
    /// others may go on until those are built.
    public func install(in pool: PostgresPool) async throws -> TableStanding {
        try await pool.withConnection { connection in
            try await connection.withAdvisoryLock(Self.lockNumber) { connection in
                try await connection.transaction { try install(on: $0) }
            }
        }
    }

    private func install(on connection: isolated Connection) throws -> TableStanding {
        var found = try look(on: connection)
        if found.isSettled { return found.standing }
        // Writers lock the head first and the tables then, and so does this.
        _ = try connection.logHead(locked: true)
        found = try look(on: connection)
        let search = EventSearch()
        for file in found.unmade { try make(file, isBuilt: found.isEmpty, search, on: connection) }
        guard found.standing.unusable.isEmpty else { return found.standing }
        for file in files {
            guard let next = found.amendments[file.name] else { continue }
            let known = found.records[file.name].flatMap(\.self)?.types ?? [:]
            let new = typeNames.filter { known[$0] == nil }
            if !new.isEmpty {
                try connection.runScript("projection_partitions", unsafeSQL: file.partitionScript(for: new))
            }
            try amend(file, next, on: connection)
        }
        try takeOver(on: connection)
        return found.standing
    }

    private func make(
        _ file: ProjectionFile, isBuilt: Bool, _ search: EventSearch, on connection: isolated Connection
    ) throws {
        try connection.runScript(
            "projection_tables",
            unsafeSQL: (essential.contains(file.name) ? "" : "DROP TABLE IF EXISTS \(Self.live).\(file.name);\n")
                + file.tableScript(in: Self.live, types: typeNames) + file.script("indexes", in: Self.live))
        var record = try following(nil, file, search, on: connection)
        if !isBuilt { record.state = .unbuilt }
        try note(file, record, on: connection)
    }

    private func following(
        _ former: ProjectionRecord?, _ file: ProjectionFile, _ search: EventSearch, on connection: isolated Connection
    ) throws -> ProjectionRecord {
        try ProjectionRecord.following(former, record(of: file)) { try search.answer($0, on: connection) }
    }

    /// Notes that tables were built by this version.
    func noteBuilt(_ files: [ProjectionFile], on connection: isolated Connection) throws {
        let search = EventSearch()
        for file in files {
            let former = try connection.query(
                "projection_noted", "SELECT fingerprint FROM log.projections WHERE name = \(file.name)"
            ).decode(String.self).first.flatMap { ProjectionRecord($0) }
            try note(file, try following(former, file, search, on: connection), on: connection)
        }
    }

    /// Notes that a table was just made.
    private func note(_ file: ProjectionFile, _ record: ProjectionRecord, on connection: isolated Connection) throws {
        try connection.execute(
            "projection_record",
            """
            INSERT INTO log.projections (name, fingerprint, position)
            SELECT \(file.name), \(record.text), position FROM log.head
            ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint, position = excluded.position,
                built_at = now()
            """)
    }

    /// Notes what has changed about a table that stays.
    func amend(_ file: ProjectionFile, _ record: ProjectionRecord, on connection: isolated Connection) throws {
        try connection.execute(
            "projection_amend", "UPDATE log.projections SET fingerprint = \(record.text) WHERE name = \(file.name)")
    }

    /// Whether the database takes events of this version's writers.
    public func isOwner(in pool: PostgresPool) async throws -> Bool {
        let owner = try await pool.withConnection { try $0.tablesOwner() }
        return owner == nil || owner == fingerprint
    }

    /// Whether another version or catalogue has the tables, so that bringing them up to date would take them away from it.
    public func isTaken(in pool: PostgresPool) async throws -> Bool {
        let owner = try await pool.withConnection { try $0.tablesOwner() }
        return owner != nil && owner != fingerprint && owner != Self.notBuilt
    }

    /// Has the database refuse the writers of every other version. To be called with the head locked, in the transaction in
    /// which the tables become this version's.
    func takeOver(on connection: isolated Connection) throws {
        try connection.execute(
            "log_take_over",
            "UPDATE log.head SET tables = \(fingerprint) WHERE tables IS DISTINCT FROM \(fingerprint)")
    }
}
