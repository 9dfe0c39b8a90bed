internal import Glibc
internal import System

/// The programs of one PostgreSQL.
struct Installation: Sendable, Equatable {
    let major: Int
    /// The folder of `postgres` and `initdb`.
    let binaries: String

    var postgres: String { "\(binaries)/postgres" }
    var initdb: String { "\(binaries)/initdb" }
    var createdb: String { "\(binaries)/createdb" }

    private static let needed = ["postgres", "initdb", "createdb"]

    /// Where distributions put one folder for each major version; `*` is the version.
    static let versionedFolders = [
        (parent: "/usr/lib/postgresql", prefix: "", suffix: "/bin"),
        (parent: "/usr", prefix: "pgsql-", suffix: "/bin"),
    ]

    /// The installation to use.
    ///
    /// - Parameters:
    ///   - folder: the one that was asked for; `nil` looks everywhere.
    ///   - major: the version that made the data; `nil` takes the newest.
    static func find(in folder: String?, major: Int?) async throws -> Installation {
        let found = folder.map { [$0] } ?? (Self.installedFolders() + Self.searchPath())
        var installations: [Installation] = []
        for binaries in found {
            guard let version = await version(in: binaries) else { continue }
            installations.append(Installation(major: version, binaries: binaries))
        }
        return try choose(among: installations, for: major, askedFolder: folder)
    }

    static func choose(
        among installations: [Installation], for major: Int?, askedFolder: String?
    ) throws(PrivatePostgresError) -> Installation {
        let least = PrivatePostgres.Configuration.majorMin
        // Of equal versions the first found is taken.
        let usable = installations.filter { $0.major >= least }
        guard let newest = usable.max(by: { $0.major < $1.major }) else {
            let place = askedFolder.map { " in \($0)" } ?? ""
            let old = installations.map { "\($0.major)" }.joined(separator: ", ")
            throw PrivatePostgresError(
                .notInstalled,
                "PostgreSQL \(least) or newer is not installed\(place)\(old.isEmpty ? "" : " (found only \(old))")",
                advice: "Install it (on Debian and Ubuntu: apt install postgresql), or set DATABASE_URL to use another."
            )
        }
        guard let major else { return newest }
        guard let fitting = installations.first(where: { $0.major == major }) else {
            throw PrivatePostgresError(
                .versionMismatch,
                "the data were made by PostgreSQL \(major), but installed is \(newest.major)",
                advice: """
                    Install PostgreSQL \(major) beside it (on Debian and Ubuntu: apt install postgresql-\(major)) \
                    and start again, or bring the data over with \(newest.binaries)/pg_upgrade.
                    """)
        }
        return fitting
    }

    private static func installedFolders() -> [String] {
        versionedFolders.flatMap { parent, prefix, suffix in
            let names = (try? Files.names(in: parent)) ?? []
            return names.filter { $0.hasPrefix(prefix) && Int($0.dropFirst(prefix.count)) != nil }
                .map { "\(parent)/\($0)\(suffix)" }
        }
    }

    private static func searchPath() -> [String] {
        guard let path = unsafe getenv("PATH") else { return [] }
        return unsafe String(cString: path).split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    }

    /// The major version; `nil` where there is no whole PostgreSQL.
    private static func version(in binaries: String) async -> Int? {
        guard needed.allSatisfy({ Files.exists("\(binaries)/\($0)") }) else { return nil }
        // The folder's name saves running the program, which would cost a start ten milliseconds.
        for (parent, prefix, suffix) in versionedFolders
        where binaries.hasPrefix("\(parent)/\(prefix)") && binaries.hasSuffix(suffix) {
            return Int(binaries.dropFirst(parent.count + 1 + prefix.count).dropLast(suffix.count))
        }
        return await Installation(major: 0, binaries: binaries).version().flatMap { major(ofVersion: $0) }
    }

    /// The whole version, such as `15.20`, as the server itself says it.
    func version() async -> String? {
        guard let result = try? await Program(postgres, ["--version"]).run() else { return nil }
        // postgres (PostgreSQL) 15.20 (Debian …)
        let words = result.outputText.split(whereSeparator: \.isWhitespace)
        return words.count > 2 ? String(words[2]) : nil
    }

    /// A beta such as `18beta1` counts as its version.
    static func major(ofVersion version: String) -> Int? {
        Int(version.prefix { $0.isASCII && $0.isNumber })
    }
}
