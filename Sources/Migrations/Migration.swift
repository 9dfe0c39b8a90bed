internal import Cryptography
internal import System

/// One numbered change of the schema: a file `NNNN-name.sql` that is never edited once it was applied anywhere.
public struct Migration: Sendable, Equatable {
    /// From 1 on, without a gap.
    public let number: Int
    public let name: String
    public let sql: String
    /// SHA-256 of the file's bytes, in hexadecimal.
    public let checksum: String

    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
        checksum = SHA256.hash(sql).hex
    }

    /// As the file is called: `0001-installation`.
    public var title: String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "-" + name
    }
}

extension Migration {
    /// Reads the migrations of a folder, which have to be numbered without a gap; other files are refused, lest one is
    /// left out for its name.
    public static func load(from folder: String) throws(MigrationError) -> [Migration] {
        var migrations: [Migration] = []
        for file in try reading({ () throws(SystemError) in try Files.names(in: folder) }) where !file.hasPrefix(".") {
            guard let (number, name) = parse(file) else {
                throw MigrationError(.badFolder, "\(folder)/\(file) is not named NNNN-name.sql. Rename or move it.")
            }
            let sql = try reading { () throws(SystemError) in
                try Files.readText("\(folder)/\(file)", limit: bytesMax)
            }
            migrations.append(Migration(number: number, name: name, sql: sql))
        }
        migrations.sort { $0.number < $1.number }
        for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
            throw MigrationError(
                .badFolder,
                "\(folder) has \(migration.title) where number \(index + 1) belongs. Number the files without a gap.")
        }
        return migrations
    }

    private static func reading<Result>(_ read: () throws(SystemError) -> Result) throws(MigrationError) -> Result {
        do { return try read() } catch {
            throw MigrationError(.badFolder, "The migrations cannot be read: \(error). Check LIFEOS_PROJECTIONS.")
        }
    }

    /// Larger files are no schema changes.
    private static let bytesMax = 4 << 20

    private static func parse(_ file: String) -> (Int, String)? {
        guard file.hasSuffix(".sql"), let dash = file.firstIndex(of: "-"), let number = Int(file[..<dash]),
            file[..<dash].count == 4, number > 0
        else { return nil }
        let name = file[file.index(after: dash)...].dropLast(4)
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        return isPlain && !name.isEmpty ? (number, String(name)) : nil
    }
}
