/// What the server is told at every start. All of it is passed on the command line, so that there is one place to look.
struct Settings: Equatable {
    private(set) var values: [String: String]

    init(_ configuration: PrivatePostgres.Configuration, memoryBytes: Int) {
        values = Self.privacy
        values.merge(Self.durability(configuration.durability)) { $1 }
        values.merge(Self.tuning(memoryBytes: memoryBytes, connectionsMax: configuration.connectionsMax)) { $1 }
        values.merge(configuration.settings) { $1 }
        // Not even by mistake: trust is right for a socket that only its owner can reach, and for nothing else.
        values.merge(Self.reach) { $1 }
    }

    var arguments: [String] {
        values.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }

    private static let reach = [
        "listen_addresses": "",
        "port": "\(Conninfo.port)",
        // Relative to the data folder, so that the home can lie anywhere and be moved.
        "unix_socket_directories": ".",
        "unix_socket_permissions": "0700",
    ]

    private static let privacy = [
        "cluster_name": "lifeos",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "off",
        "log_destination": "stderr",
        "log_checkpoints": "off",
        // A failed statement is the caller's to report; its text in this log could hold a secret.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
    ]

    private static func durability(_ durability: PrivatePostgres.Configuration.Durability) -> [String: String] {
        let isDurable = durability == .durable ? "on" : "off"
        return ["fsync": isDurable, "synchronous_commit": isDurable, "full_page_writes": isDurable]
    }

    /// For a machine that PostgreSQL shares with Life-OS and with others.
    private static func tuning(memoryBytes: Int, connectionsMax: Int) -> [String: String] {
        let mebibytes = memoryBytes >> 20
        func within(_ range: ClosedRange<Int>, _ value: Int) -> String {
            "\(min(max(value, range.lowerBound), range.upperBound))MB"
        }
        return [
            "max_connections": "\(connectionsMax)",
            // Every page costs a descriptor to set up at start, and beyond a GiB the kernel's cache does as well.
            "shared_buffers": within(32...1_024, mebibytes / 8),
            "effective_cache_size": within(64...(1 << 20), mebibytes / 2),
            "work_mem": within(4...32, mebibytes / (8 * max(1, connectionsMax))),
            "maintenance_work_mem": within(32...512, mebibytes / 32),
            "max_wal_size": within(256...4_096, mebibytes / 4),
            "min_wal_size": within(80...512, mebibytes / 32),
            "checkpoint_timeout": "15min",
            "wal_compression": "on",
            // What a solid-state disk deserves.
            "random_page_cost": "1.1",
            // Compiling a query takes longer than any of ours runs.
            "jit": "off",
        ]
    }
}
