import Postgres
import Telemetry

/// A database beside another on the same server: made empty, and removed where what it was made for fails.
struct NewDatabase: Sendable {
    /// Of the database that it stands beside.
    let pool: PostgresPool
    let name: String
    let logger: Logger

    /// Making and removing a database copies and deletes files.
    private static let statementTimeout: Duration = .seconds(600)
    /// PostgreSQL would cut off what is longer.
    private static let nameBytesMax = 63
    private static let duplicate = PostgresError.Code(rawValue: "42P04")
    private static let insufficientPrivilege = PostgresError.Code(rawValue: "42501")
    private static let objectInUse = PostgresError.Code(rawValue: "55006")

    /// Makes it, hands it to `body`, and keeps it unless that throws.
    ///
    /// - Throws: ``NewDatabaseError``, or what `body` throws.
    func make<Result: Sendable>(_ body: (PostgresPool) async throws -> Result) async throws -> Result {
        try await create()
        do {
            let made = try await open()
            do {
                let result = try await body(made)
                await made.close()
                return result
            } catch {
                await made.close()
                throw error
            }
        } catch {
            await discard()
            throw error
        }
    }

    /// With the neighbour's own ways of sorting text, so that lists come in the same order.
    private func create() async throws {
        guard name.utf8.count <= Self.nameBytesMax else { throw NewDatabaseError.nameTooLong(name) }
        do {
            try await pool.withConnection { connection in
                connection.statementTimeout = Self.statementTimeout
                let statement = try connection.query(
                    "database_statement",
                    """
                    SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L', \(name),
                            pg_encoding_to_char(encoding))
                        || CASE datlocprovider WHEN 'c' THEN
                            format(' LOCALE_PROVIDER libc LC_COLLATE %L LC_CTYPE %L', datcollate, datctype) ELSE '' END
                    FROM pg_database WHERE datname = current_database()
                    """
                ).only(String.self)
                try connection.execute("database_create", SQL(unsafeSQL: statement))
            }
        } catch let error as PostgresError where error.code == Self.duplicate {
            throw NewDatabaseError.taken(name)
        } catch let error as PostgresError where error.code == Self.insufficientPrivilege {
            let role = try await pool.query("database_role", "SELECT current_user::text").only(String.self)
            throw NewDatabaseError.mayNotCreate(role: role)
        }
    }

    /// Connections to it; to be closed by whoever asked.
    func open(metrics: Metrics = Metrics()) async throws -> PostgresPool {
        var configuration = pool.configuration
        configuration.connection = try configuration.connection.inDatabase(name)
        configuration.connectionsMax = max(configuration.connectionsMax, Self.connectionsMin)
        return try await PostgresPool(configuration: configuration, metrics: metrics, logger: logger)
    }

    /// Without so many, tables cannot be built.
    private static let connectionsMin = 6

    /// Notes something at it that can be read from any database of the server.
    func comment(_ text: String) async throws {
        try await pool.withConnection { connection in
            let statement = try connection.query(
                "database_note", "SELECT format('COMMENT ON DATABASE %I IS %L', \(name), \(text))"
            ).only(String.self)
            try connection.execute("database_comment", SQL(unsafeSQL: statement))
        }
    }

    /// - Returns: false where somebody is connected to it.
    func drop() async throws -> Bool {
        do {
            try await pool.withConnection { connection in
                connection.statementTimeout = Self.statementTimeout
                try connection.execute("database_drop", "DROP DATABASE \(identifier: name)")
            }
            return true
        } catch let error as PostgresError where error.code == Self.objectInUse {
            return false
        }
    }

    /// Takes away what nobody wants any more, also where the task was cancelled over it.
    func discard() async {
        let removing = Task {
            try await pool.withConnection { connection in
                connection.statementTimeout = Self.statementTimeout
                try connection.execute(
                    "database_discard", "DROP DATABASE IF EXISTS \(identifier: name) WITH (FORCE)")
            }
        }
        if case .failure(let error) = await removing.result {
            logger.error("a half-made database stays behind", ["database": name, "error": "\(error)"])
        }
    }
}

/// Why there is no new database.
public enum NewDatabaseError: AdvisingError, Sendable, Hashable {
    case taken(String)
    /// The database's user may not make databases.
    case mayNotCreate(role: String)
    /// The server takes no longer name for a database.
    case nameTooLong(String)

    public var description: String {
        switch self {
        case .taken(let name): "There is a database called \(name) already."
        case .mayNotCreate(let role): "The database's user \(role) may not make databases."
        case .nameTooLong(let name): "\(name) is too long for the name of a database."
        }
    }

    public var advice: String {
        switch self {
        case .taken, .nameTooLong: "Choose another name."
        case .mayNotCreate(let role): "Have the server's administrator run: ALTER ROLE \"\(role)\" CREATEDB"
        }
    }
}
