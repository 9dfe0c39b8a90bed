import System

/// Creating entities over HTTP against `pgbench` with one transaction an event, written by hand into the same tables.
extension StudioBench {
    func writing(peer: String) async throws -> [Comparison] {
        // The tables come with the first start; the peer gets them empty.
        try await serving { _ in }
        try await psql(
            "CREATE DATABASE \(Self.peerName) TEMPLATE lifeos", "CREATE DATABASE \(Self.growingName) TEMPLATE lifeos")
        // Each way of numbering has partitions of its own.
        try await psql(
            "CREATE SEQUENCE bench_position START 2000001",
            // Nobody's tables: it then accepts events from any program.
            "UPDATE log.head SET tables = NULL",
            "SELECT log.make_partition(n) FROM unnest(ARRAY[1000001, 2000001, 3000001]) AS n", to: peer)
        let create = try script("create", Self.createScript)
        let free = try file("free.sql", Self.transaction(position: "nextval('bench_position')"))
        let ordered = try file("ordered.sql", Self.orderedTransaction)
        return try await serving { address in
            var rows: [Comparison] = []
            func against(_ peerScript: String, _ name: String, clients: Int, _ aim: Comparison.Aim) async throws {
                rows.append(
                    try await .alternate(
                        "create over HTTP, \(clients) at once", unit: "/s", against: name, aim: aim, rounds: rounds,
                        ours: {
                            try await Peers.load(
                                "\(address)/api/v2/characters", seconds: seconds, script: create, connections: clients)
                        },
                        peer: { try await pgbench(peerScript, clients: clients, peer) }))
            }
            try await against(free, "pgbench, order by a sequence", clients: 64, .ratioAtLeast(1))
            try await against(ordered, "pgbench, gapless order", clients: 64, .none)
            try await against(free, "pgbench, order by a sequence", clients: 1, .none)
            if let python = Bench.python {
                try await psql("CREATE DATABASE sourced")
                rows.append(
                    try await .alternate(
                        "create over HTTP, 64 at once", unit: "/s", against: "PyPI eventsourcing, 16 threads",
                        aim: .ratioAtLeast(10), rounds: rounds,
                        ours: {
                            try await Peers.load("\(address)/api/v2/characters", seconds: seconds, script: create)
                        },
                        peer: { try await eventsourcing(python) }))
            }
            return rows
        }
    }

    private func pgbench(_ script: String, clients: Int, _ peer: String) async throws -> Double {
        let output = try await run(
            "pgbench",
            [
                "-n", "-M", "prepared", "-f", script, "-c", "\(clients)", "-j", "\(min(clients, 2))", "-T",
                "\(seconds)", peer,
            ])
        guard let rate = Peers.figure(after: "tps =", in: output) else { throw BenchError("pgbench: \(output)") }
        return rate
    }

    private func file(_ name: String, _ text: String) throws -> String {
        try Files.replace("\(folder)/\(name)", with: Array(text.utf8))
        return "\(folder)/\(name)"
    }

    static let personality = "Brave and a little shy, loves rain"
    static let backstory = "Grew up by the sea and came to the city to draw maps of places nobody has seen yet."

    static let createScript = """
        local number = 0
        wrk.method = "POST"
        request = function()
            number = number + 1
            return wrk.format(nil, nil, nil, '{"name":"Character ' .. number .. '","personality":"\(personality)",' ..
                '"occupation":"gardener","age":' .. number % 90 .. ',"backstory":"\(backstory)"}')
        end
        """

    /// An event and its entity, as one writes them by hand. pgbench takes `:name` for a variable, so colons are followed by
    /// a blank.
    private static func transaction(position: String) -> String {
        """
        \\set number random(1, 1000000000)
        BEGIN;
        WITH event AS (
            INSERT INTO log.events (position, recorded_at, stream, version, schema_version, category, type, hash, data, meta)
            VALUES (\(position), clock_timestamp(), gen_random_uuid(), 1, 1, 'character', 'character.created',
                '\\x0102030405060708091011121314151617181920212223242526272829303132'::bytea,
                ('{"name": "Character ' || :number || '","personality": "\(personality)","occupation": "gardener","age": 33,'
                    || '"backstory": "\(backstory)"}')::json,
                ('{"actor": "bench","command": "' || gen_random_uuid() || '","correlation": "' || gen_random_uuid()
                    || '","request_id": "e74feabf-a01b-411b-a0cf-71806a5e6280","client": "127.0.0.1",'
                    || '"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}')::json)
            RETURNING *)
        INSERT INTO live.entities (id, type, version, position, created_position, archived, favorite, tags, name, fields,
            search, document)
        SELECT stream, category, version, position, position, false, false, '{}', data->>'name',
            jsonb_build_object('name', data->>'name', 'occupation', data->>'occupation', 'age', data->'age'),
            setweight(to_tsvector('simple', data->>'name'), 'A') || setweight(to_tsvector('simple', data->>'personality'), 'B')
                || setweight(to_tsvector('simple', data->>'backstory'), 'D'),
            ('{"id": "' || stream || '","type": "character","version": 1,"position": ' || position
                || ',"created_at": "2026-11-21T09-56-49.922015Z","updated_at": "2026-11-21T09-56-49.922015Z",'
                || '"archived": false,"favorite": false,"tags": [],"links": [],"data": ' || data || '}')::json
        FROM event
        ON CONFLICT (id, type) DO UPDATE SET version = excluded.version, position = excluded.position,
            fields = excluded.fields, search = excluded.search, document = excluded.document;
        COMMIT;
        """
    }

    /// The same in the order that a reader can follow: each transaction waits for the one before.
    private static var orderedTransaction: String {
        transaction(position: "(SELECT position FROM log.head)").replacing(
            "BEGIN;",
            with: "BEGIN;\nUPDATE log.head SET position = position + 1, recorded_at = clock_timestamp();")
    }
}
