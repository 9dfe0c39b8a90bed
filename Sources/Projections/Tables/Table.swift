public import Postgres
import System

/// A table of projections, whatever its rows are made of: what rebuilds and checks have to know of it.
public struct TableShape: Sendable {
    public let name: String
    public let columns: [String]
    /// The columns that tell one row from another.
    public let key: [String]
    /// The column with the stream that a row comes from; nil where rows come from many.
    public let streamColumn: String?
    public let expiry: Expiry?
    /// The columns as CREATE TABLE has them.
    let declarations: [String]

    /// Rows that count only for some time.
    public struct Expiry: Sendable {
        /// The column with the time from which on it runs.
        public let column: String
        public let after: Duration

        public init(column: String, after: Duration) {
            self.column = column
            self.after = after
        }
    }

    func copy(into schema: String) -> SQL {
        SQL(unsafeSQL: "COPY \(schema).\(name) (\(columns.joined(separator: ", "))) FROM STDIN (FORMAT binary)")
    }
}

/// A table with the columns that its rows fill. Its file in `projections/` says `{columns}` where they are declared, and
/// has the partitions, the indexes and every statement that is more than adding rows.
public struct Table<Row: Sendable>: Sendable {
    public let shape: TableShape
    /// What metrics call the statement that writes its rows.
    public let query: QueryName
    private let columns: [Column<Row>]
    private let names: String
    private let conflictClause: String

    /// What becomes of a row whose key is there already.
    public enum Conflict: Sendable {
        /// There is none: a mistake would fail the statement.
        case none
        case keepOld
        case replace
        /// The named column becomes the sum of both.
        case add(String)
    }

    public init(
        _ name: String, writtenBy query: QueryName, _ columns: [Column<Row>], key: [String],
        streamColumn: String? = nil, expiry: TableShape.Expiry? = nil, onConflict conflict: Conflict
    ) {
        self.query = query
        shape = TableShape(
            name: name, columns: columns.map(\.name), key: key, streamColumn: streamColumn, expiry: expiry,
            declarations: columns.map(\.declaration))
        self.columns = columns
        names = columns.map(\.name).joined(separator: ", ")
        conflictClause = Self.clause(conflict, shape)
    }

    private static func clause(_ conflict: Conflict, _ shape: TableShape) -> String {
        let target = "\nON CONFLICT (\(shape.key.joined(separator: ", ")))"
        switch conflict {
        case .none: return ""
        case .keepOld: return "\(target) DO NOTHING"
        case .replace:
            let others = shape.columns.filter { !shape.key.contains($0) }
            return "\(target) DO UPDATE SET " + others.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        case .add(let column): return "\(target) DO UPDATE SET \(column) = old.\(column) + excluded.\(column)"
        }
    }

    public func append(_ row: Row, to rows: inout CopyRows) {
        rows.beginRow(fieldCount: columns.count)
        for column in columns { column.appendField(row, &rows) }
    }

    /// One statement that brings any number of rows in.
    public func insert(_ rows: [Row], into schema: String = ProjectionSet.live) -> SQL {
        var sql = SQL(unsafeSQL: "INSERT INTO \(schema).\(shape.name) AS old (\(names))\nSELECT ")
        var arrays: [(name: String, values: any PostgresValue)] = []
        for (index, column) in columns.enumerated() {
            if index > 0 { sql.append(unsafeSQL: ", ") }
            switch column.values {
            case .array(let array):
                sql.append(unsafeSQL: "new.\(column.name)")
                arrays.append((column.name, array(rows)))
            case .lists(let list):
                let lists = ListPlaces(rows.map(list))
                sql.append(unsafeSQL: "(")
                sql.bind(lists.elements)
                sql.append(unsafeSQL: ")[new.\(column.name)_first : new.\(column.name)_last]")
                arrays.append(("\(column.name)_first", lists.firsts))
                arrays.append(("\(column.name)_last", lists.lasts))
            }
        }
        sql.append(unsafeSQL: "\nFROM unnest(")
        for (index, array) in arrays.enumerated() {
            if index > 0 { sql.append(unsafeSQL: ", ") }
            sql.bind(array.values)
        }
        sql.append(unsafeSQL: ") AS new (\(arrays.map(\.name).joined(separator: ", ")))\(conflictClause)")
        return sql
    }
}

/// The lists of many rows in one array; places count from 1.
private struct ListPlaces {
    private(set) var elements: [String] = []
    private(set) var firsts: [Int32] = []
    private(set) var lasts: [Int32] = []

    init(_ lists: [[String]]) {
        for list in lists {
            firsts.append(Int32(elements.count + 1))
            elements += list
            lasts.append(Int32(elements.count))
        }
    }
}
