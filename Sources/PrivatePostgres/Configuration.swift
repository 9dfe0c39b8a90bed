extension PrivatePostgres {
    /// Where the private PostgreSQL lives and how it behaves.
    public struct Configuration: Sendable {
        /// What to do when another process of this home runs the server already.
        public enum Role: Sendable {
            /// Run the server; refuse when somebody else does.
            case own
            /// Use the server that somebody else runs, or else run it until ``PrivatePostgres/stop()``. For short commands.
            case attachOrStart
        }

        public enum Durability: Sendable {
            /// What was committed survives a power cut.
            case durable
            /// Several times faster, and lost with the machine: for tests.
            case fleeting
        }

        /// The folder of all data, `$LIFEOS_HOME`; the database lies in its `postgres`. Made when missing.
        public var home: String
        public var role = Role.own
        /// Whether a first start makes the home and its database. Otherwise a missing one is refused and nothing is made.
        public var makesHome = true
        public var durability = Durability.durable
        /// The user that PostgreSQL runs as when this process is root. Default `postgres`, else `nobody`.
        public var account: String?
        /// The folder of `postgres` and `initdb`. Default the newest that is installed, or the one the data were made by.
        public var binaries: String?
        /// The database made at first start.
        public var database = "lifeos"
        public var connectionsMax = 100
        /// What memory settings are measured against. Default all that the machine or its container allows.
        public var memoryBytes: Int?
        /// Server settings by name; they win over the ones chosen here. A wrong one keeps the server from starting.
        public var settings: [String: String] = [:]
        /// How long a start may take, crash recovery included.
        public var startTimeout = Duration.seconds(300)
        /// How long a clean stop may take; after that the server is stopped hard, and recovers at the next start.
        public var stopTimeout = Duration.seconds(60)
        /// The server's log holds at most this much, in two files.
        public var logBytesMax = 16 << 20

        public init(home: String) { self.home = home }

        /// The least PostgreSQL that is taken.
        public static let majorMin = 15
    }
}

extension PrivatePostgres.Configuration {
    var dataFolder: String { "\(home)/postgres" }
    /// Where a first start builds; renamed to ``dataFolder`` when whole.
    var draftFolder: String { "\(home)/postgres.draft" }
    var logPath: String { "\(home)/postgres.log" }
    var lockPath: String { "\(home)/lock" }
}
