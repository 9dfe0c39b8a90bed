package import API
package import Configuration
import Postgres

/// All settings that come from the environment. No other code reads it.
package enum LifeOSSettings {
    package static let home = Setting(
        "LIFEOS_HOME", .path, default: "~/.lifeos", "The folder that holds all data: database, files, admin token.",
        hazard: "Anybody who can read it can read everything.")

    package static let listen = Setting(
        "LIFEOS_LISTEN", .listenAddress, default: "127.0.0.1:8080", "The address the server listens on.",
        hazard: "If other machines can reach it, put a TLS proxy in front or set LIFEOS_TLS_CERTIFICATE.")

    package static let tlsCertificate = Setting(
        "LIFEOS_TLS_CERTIFICATE", .path, whenUnset: "plain HTTP", "A PEM file with the certificate chain for HTTPS.")

    package static let tlsKey = Setting(
        "LIFEOS_TLS_KEY", .path, whenUnset: "plain HTTP", "The PEM file with the certificate's private key.",
        hazard: "Refused while others can read it.")

    package static let proxies = Setting(
        "LIFEOS_PROXIES", .list(.remoteAddress), whenUnset: "every address may use a quarter of all connections",
        "The addresses of reverse proxies. Each may use all connections, since many clients come through it.",
        hazard: "A client at such an address can use up all connections.")

    package static let databaseURL = Setting(
        "DATABASE_URL", .databaseAddress, whenUnset: "a private PostgreSQL in LIFEOS_HOME",
        "Your own PostgreSQL 15 or newer. libpq's variables, such as PGHOST, are ignored, except PGPASSWORD and "
            + "PGPASSFILE.")

    package static let databaseConnections = Setting(
        "LIFEOS_DATABASE_CONNECTIONS", .integer(1...200), default: "8",
        "The maximum number of database connections.")

    package static let postgresUser = Setting(
        "LIFEOS_POSTGRES_USER", .text, whenUnset: "postgres when started as root, else the user who starts it",
        "The user that the private PostgreSQL runs as when Life-OS is started as root.")

    package static let adminToken = Setting(
        "LIFEOS_ADMIN_TOKEN", .secret(lengthMin: 16),
        whenUnset: "the one in LIFEOS_HOME/admin-token, made at first start",
        "The token that signs in as administrator.")

    package static let log = Setting(
        "LIFEOS_LOG", .text, default: "info", "The lowest level to log, optionally by module: info,postgres=debug.")

    package static let catalogue = Setting(
        "LIFEOS_CATALOGUE", .list(.path, separator: ":"), whenUnset: "the shipped `events` folder",
        "Folders of entity type files, with a colon between them.")

    package static let projections = Setting(
        "LIFEOS_PROJECTIONS", .path, whenUnset: "the shipped `projections` folder",
        "The folder with the database's migrations and projections.")

    package static let dashboards = Setting(
        "LIFEOS_DASHBOARDS", .path, whenUnset: "the shipped `dashboards` folder",
        "The folder with the console's stylesheets and modules.")

    package static let grace = Setting(
        "LIFEOS_SHUTDOWN_GRACE", .duration(.zero ... .seconds(600)), default: "10s",
        "How long running requests may take when the server stops.")

    package static let clockTolerance = Setting(
        "LIFEOS_CLOCK_TOLERANCE", .duration(.seconds(1)...Span.longest), default: "1h",
        "How far the log's last event may be dated ahead of the clock before changes are refused.",
        hazard: "Times in the log never go back: until the clock catches up, events get the last event's time.")

    package static let description = Setting(
        "LIFEOS_API_DESCRIPTION", .choice(of: DescriptionRoutes.Audience.self), default: "open",
        "Who may read the API description at /api and /openapi.json: open for everyone who can reach the server, or "
            + "signed-in.")

    package static let all: [any AnySetting] =
        [
            home, listen, tlsCertificate, tlsKey, proxies, databaseURL, databaseConnections, postgresUser, adminToken,
            log,
            catalogue,
            projections, dashboards, grace, clockTolerance, description,
        ] + BackupSettings.all
}

extension Kind where Value == Secret {
    /// Where to find a PostgreSQL, as libpq takes it. What was written is never shown, however wrong it is.
    package static var databaseAddress: Kind {
        Kind(
            form: "an address such as postgres://user:password@host/database", placeholder: "address", isSecret: true
        ) { text, _ throws(Malformed) in
            do throws(PostgresError) {
                try ConnectionConfiguration(connection: text).validate()
            } catch {
                let hint = error.hint ?? ""
                throw Malformed(hint: "In it, \(error.message): \(hint).")
            }
            return Secret(text)
        }
    }
}
