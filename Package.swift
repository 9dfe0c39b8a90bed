// swift-tools-version: 6.2
import PackageDescription

// One place for the habits every target shares: Swift 6 mode, strict memory safety, imports internal unless said
// otherwise, and a warning is an error. A leak of C into a public signature does not compile.
let habits: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

// A release carries its own Swift runtime: half the idle memory and start time of the shared one (see decision 0003).
let selfContained: [LinkerSetting] = [.unsafeFlags(["-static-stdlib"], .when(configuration: .release))]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: habits)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: habits, linkerSettings: selfContained)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: habits)
}

// Read from the bottom up: a target may depend only on what stands below it.
let package = Package(
    name: "life-os",
    targets: [
        // The programs.
        program(
            "lifeos",
            [
                "Service", "API", "Console", "Accounts", "Migrations", "Recovery", "Replay", "Transfer", "Backup",
                "Entities", "Commands", "Projections", "EventLog", "Catalogue", "PrivatePostgres", "Postgres",
                "HTTPServer",
                "HTTPClient", "CLI",
                "Configuration", "Cryptography", "Telemetry", "Spelling", "JSON", "System",
            ]),
        program(
            "bench",
            [
                "Recovery", "Replay", "Backup", "Migrations", "Entities", "Commands", "Projections", "EventLog",
                "Catalogue",
                "PrivatePostgres", "Postgres", "HTTPServer", "HTTPClient", "Cryptography", "Telemetry", "JSON",
                "System",
            ]),

        // Everything together, for the programs and the tests.
        room(
            "Service",
            [
                "API", "Console", "Accounts", "Recovery", "Replay", "Backup", "Entities", "Commands", "Projections",
                "EventLog",
                "Migrations", "Catalogue", "PrivatePostgres", "Postgres", "HTTPServer", "HTTPClient", "CLI",
                "Configuration", "Cryptography", "Telemetry", "JSON", "System",
            ]),

        // What Life-OS answers.
        room(
            "API",
            [
                "Recovery", "Replay", "Backup", "Entities", "Commands", "Projections", "Catalogue", "EventLog",
                "Postgres",
                "Accounts", "HTTPServer", "Cryptography", "Telemetry", "JSON", "System",
            ]),
        room(
            "Console",
            [
                "Replay", "Entities", "Commands", "Catalogue", "EventLog", "Postgres", "Accounts", "HTML", "HTTPServer",
                "JSON",
                "System",
            ]),
        room(
            "Recovery",
            [
                "Backup", "Entities", "Commands", "Projections", "EventLog", "Postgres", "Cryptography", "Spelling",
                "Telemetry",
                "JSON", "System",
            ]),
        room(
            "Replay",
            [
                "Entities", "Commands", "Catalogue", "Projections", "EventLog", "Postgres", "HTML", "Cryptography",
                "JSON",
                "System",
            ]),
        room(
            "Transfer", ["Entities", "Commands", "Catalogue", "EventLog", "Postgres", "Cryptography", "JSON", "System"]),
        room("Accounts", ["HTTPServer", "Cryptography", "JSON", "System"]),
        room(
            "Entities",
            [
                "Commands", "Catalogue", "Projections", "EventLog", "Migrations", "Postgres", "Cryptography",
                "Telemetry",
                "JSON", "System",
            ]),
        room(
            "Backup",
            [
                "EventLog", "Postgres", "HTTPClient", "Compression", "Cryptography", "Telemetry", "JSON",
                "System",
            ]),
        room("Commands", ["Projections", "Catalogue", "EventLog", "Postgres", "JSON", "System"]),
        room("Projections", ["Catalogue", "EventLog", "Postgres", "Cryptography", "Telemetry", "JSON", "System"]),
        room("EventLog", ["Postgres", "Cryptography", "Telemetry", "JSON", "System"]),
        room("Migrations", ["Postgres", "Cryptography", "Telemetry", "System"]),

        // What can happen.
        room("Catalogue", ["Spelling", "JSON", "System"]),

        // Knows nothing of Life-OS.
        room("PrivatePostgres", ["Telemetry", "System"]),
        room("Postgres", ["CLibpq", "Telemetry", "JSON", "System"]),
        room("HTTPServer", ["CMicroHTTPD", "CZlib", "Telemetry", "JSON", "System"]),
        room("HTTPClient", ["CCurl", "Telemetry", "System"]),
        room("Compression", ["CZstd"]),
        room("Cryptography", ["CCrypto", "CArgon2", "System"]),
        room("CLI", ["Configuration", "Spelling", "JSON", "System"]),
        room("Configuration", ["Spelling", "System"]),
        room("Telemetry", ["JSON", "System"]),
        room("HTML"),
        room("JSON"),
        room("Spelling"),
        room("System", ["CLinux"]),

        // C libraries: a module map and a shim header each, nothing else.
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),

        // Tests stand beside the room they test.
        room("TestSupport", ["PrivatePostgres", "Postgres", "JSON", "Telemetry", "System"]),
        room(
            "TestStudio",
            [
                "Entities", "Commands", "Catalogue", "Projections", "EventLog", "Migrations", "Postgres", "Telemetry",
                "JSON", "System", "TestSupport",
            ]),
        tests("SystemTests", ["System", "TestSupport"]),
        tests("SpellingTests", ["Spelling"]),
        tests("JSONTests", ["JSON", "TestSupport"]),
        tests("HTMLTests", ["HTML", "TestSupport"]),
        tests("TelemetryTests", ["Telemetry", "JSON", "TestSupport"]),
        tests("CompressionTests", ["Compression", "System", "TestSupport"]),
        tests("CryptographyTests", ["Cryptography", "TestSupport"]),
        tests("CLITests", ["CLI", "Configuration", "JSON", "System", "TestSupport"]),
        tests("ConfigurationTests", ["Configuration", "TestSupport"]),
        tests("PostgresTests", ["Postgres", "TestSupport"]),
        tests("PrivatePostgresTests", ["PrivatePostgres", "Postgres", "TestSupport"]),
        tests("HTTPServerTests", ["HTTPServer", "JSON", "TestSupport"]),
        tests("HTTPClientTests", ["HTTPClient", "HTTPServer", "TestSupport"]),
        tests("TestSupportTests", ["TestSupport", "Postgres"]),
        tests("CatalogueTests", ["Catalogue", "Spelling", "JSON", "System", "TestSupport"]),
        tests(
            "EntitiesTests",
            [
                "Entities", "Commands", "Catalogue", "Projections", "EventLog", "Migrations", "Postgres", "Telemetry",
                "JSON", "System", "TestStudio", "TestSupport",
            ]),
        tests(
            "TransferTests",
            [
                "TestStudio", "Transfer", "Entities", "Commands", "Catalogue", "Projections", "EventLog", "JSON",
                "System",
                "TestSupport",
            ]),
        tests(
            "ReplayTests",
            [
                "TestStudio", "Replay", "Entities", "Commands", "Catalogue", "Projections", "EventLog", "Postgres",
                "Cryptography", "JSON", "System", "TestSupport",
            ]),
        tests(
            "RecoveryTests",
            [
                "TestStudio", "Recovery", "Replay", "Backup", "Entities", "Commands", "Projections", "EventLog",
                "Postgres",
                "Cryptography", "Telemetry", "JSON", "System", "TestSupport",
            ]),
        tests("MigrationsTests", ["Migrations", "Postgres", "Telemetry", "System", "TestSupport"]),
        tests(
            "EventLogTests",
            ["EventLog", "Migrations", "Postgres", "Cryptography", "Telemetry", "JSON", "System", "TestSupport"]),
        tests(
            "BackupTests",
            [
                "Backup", "EventLog", "Migrations", "Postgres", "HTTPClient", "HTTPServer", "Compression",
                "Cryptography", "Telemetry", "JSON", "System", "TestSupport",
            ]),
        tests("AccountsTests", ["Accounts", "HTTPServer", "HTTPClient", "Telemetry", "System", "TestSupport"]),
        tests(
            "APITests",
            [
                "Service", "API", "Replay", "Backup", "Accounts", "Entities", "Commands", "Projections", "EventLog",
                "Migrations",
                "Catalogue", "Postgres", "HTTPServer", "HTTPClient", "Cryptography", "Telemetry", "JSON",
                "System", "TestSupport",
            ]),
        tests(
            "LifeOSTests",
            ["API", "HTTPServer", "HTTPClient", "Postgres", "Telemetry", "JSON", "System", "TestSupport"]),
        tests("TidyTests", ["System", "TestSupport"]),
    ]
)
