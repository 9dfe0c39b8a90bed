public import Postgres
public import System

/// A value that can stand in a column.
public protocol ColumnValue: PostgresValue, PostgresArrayElement {
    /// The column as CREATE TABLE declares it, such as `bigint`.
    static var columnType: String { get }
}

extension Int32: ColumnValue { public static var columnType: String { "integer" } }
extension Int64: ColumnValue { public static var columnType: String { "bigint" } }
extension Bool: ColumnValue { public static var columnType: String { "boolean" } }
/// Compared byte by byte, so that an index means the same on every machine.
extension String: ColumnValue { public static var columnType: String { #"text COLLATE "C""# } }
extension UUID: ColumnValue { public static var columnType: String { "uuid" } }
extension Timestamp: ColumnValue { public static var columnType: String { "timestamptz" } }
extension JSONBytes: ColumnValue { public static var columnType: String { "json" } }
extension JSONBBytes: ColumnValue { public static var columnType: String { "jsonb" } }
extension TextSearchVector: ColumnValue { public static var columnType: String { "tsvector" } }

/// One column of a table, and which part of a row stands in it: its only declaration. CREATE TABLE, COPY, INSERT and the
/// comparison of a check are all made of it.
public struct Column<Row: Sendable>: Sendable {
    public let name: String
    let declaration: String
    let appendField: @Sendable (Row, inout CopyRows) -> Void
    let values: Values

    enum Values: Sendable {
        /// One array with the value of each row.
        case array(@Sendable ([Row]) -> any PostgresValue)
        /// An array for each row. PostgreSQL's arrays of arrays have to be rectangular, so a statement gets all elements in
        /// one array, and for each row the places of its own.
        case lists(@Sendable (Row) -> [String])
    }

    public init<Value: ColumnValue>(_ name: String, _ value: @escaping @Sendable (Row) -> Value) {
        self.name = name
        declaration = "\(name) \(Value.columnType) NOT NULL"
        appendField = { row, rows in rows.appendField(value(row)) }
        values = .array { rows in rows.map(value) }
    }

    /// A column that may be NULL.
    public init<Value: ColumnValue>(_ name: String, optional value: @escaping @Sendable (Row) -> Value?) {
        self.name = name
        declaration = "\(name) \(Value.columnType)"
        appendField = { row, rows in rows.appendField(value(row)) }
        values = .array { rows in rows.map(value) }
    }

    /// A column that holds a list of texts.
    public init(_ name: String, list: @escaping @Sendable (Row) -> [String]) {
        self.name = name
        declaration = #"\#(name) text[] COLLATE "C" NOT NULL"#
        appendField = { row, rows in rows.appendField(list(row)) }
        values = .lists(list)
    }

    /// The same column of a table whose rows contain such a row.
    public func lifted<Outer>(_ inner: @escaping @Sendable (Outer) -> Row) -> Column<Outer> {
        Column<Outer>(self, inner)
    }

    private init<Inner>(_ column: Column<Inner>, _ inner: @escaping @Sendable (Row) -> Inner) {
        name = column.name
        declaration = column.declaration
        appendField = { row, rows in column.appendField(inner(row), &rows) }
        values =
            switch column.values {
            case .array(let array): .array { rows in array(rows.map(inner)) }
            case .lists(let list): .lists { row in list(inner(row)) }
            }
    }
}
