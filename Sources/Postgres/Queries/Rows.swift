internal import CLibpq

/// What a statement answered, read in place from libpq's memory.
///
/// A row is valid as long as anything holds it or its rows.
@safe public final class Rows: @unchecked Sendable {
    // Unchecked and safe: a result is never changed once it is here, and freed with the last reference.
    private let result: OpaquePointer

    /// Takes over a result.
    init(_ result: OpaquePointer) { unsafe self.result = result }

    deinit { unsafe PQclear(result) }

    public var count: Int { Int(unsafe PQntuples(result)) }

    public var columnCount: Int { Int(unsafe PQnfields(result)) }

    /// How many rows the statement inserted, changed, deleted or selected.
    public var affected: Int {
        guard let text = unsafe PQcmdTuples(result) else { return 0 }
        var number = 0
        var at = 0
        while unsafe text[at] != 0 {
            number = number * 10 + Int(unsafe text[at] - 48)
            at += 1
        }
        return number
    }

    /// What the server says it did, such as `COMMIT`; for a COMMIT that it could not carry out, `ROLLBACK`.
    var commandTag: String { unsafe PQcmdStatus(result).map { unsafe String(cString: $0) } ?? "" }

    public func columnName(_ column: Int) -> String {
        precondition(column >= 0 && column < columnCount, "column \(column) of \(columnCount)")
        guard let name = unsafe PQfname(result, Int32(column)) else { return "" }
        return unsafe String(cString: name)
    }

    public func columnType(_ column: Int) -> PostgresType {
        PostgresType(identifier: unsafe PQftype(result, Int32(column)))
    }

    /// The column of that name, exactly as the server writes it.
    public func column(_ name: String) -> Int? {
        (0..<columnCount).first { columnName($0) == name }
    }

    var status: ExecStatusType { unsafe PQresultStatus(result) }

    func value<Value: PostgresValue>(_ row: Int, _ column: Int, as type: Value.Type) throws(PostgresError) -> Value {
        let (row, column) = (Int32(row), Int32(column))
        do throws(PostgresError) {
            if unsafe PQgetisnull(result, row, column) == 1 { return try Value.null() }
            guard let start = unsafe PQgetvalue(result, row, column) else { return try Value.null() }
            let length = Int(unsafe PQgetlength(result, row, column))
            let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: length)
            return try Value(binary: span, type: PostgresType(identifier: unsafe PQftype(result, column)))
        } catch {
            var located = error
            located.message = "column \(column + 1) (\(columnName(Int(column)))) of row \(row + 1): \(error.message)"
            throw located
        }
    }

    func errorField(_ code: Character) -> String? {
        guard let ascii = code.asciiValue, let text = unsafe PQresultErrorField(result, Int32(ascii)) else {
            return nil
        }
        return unsafe String(cString: text)
    }

    /// The whole message, for failures that libpq itself made up and that have no fields.
    var errorMessage: String {
        guard let text = unsafe PQresultErrorMessage(result) else { return "" }
        return unsafe String(cString: text)
    }

    /// How many columns a COPY has; its format is what the statement asked for.
    var isBinaryCopy: Bool { unsafe PQbinaryTuples(result) == 1 }
}

extension Rows: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public subscript(position: Int) -> Row {
        precondition(position >= 0 && position < count, "row \(position) of \(count)")
        return Row(rows: self, index: position)
    }
}

extension Rows {
    /// Every row as a tuple of these types, or as the value itself where there is one column.
    public func decode<each Value: PostgresValue>(
        _ types: repeat (each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        var decoded: [(repeat each Value)] = []
        decoded.reserveCapacity(count)
        for row in self { decoded.append(try row.decode(repeat each types)) }
        return decoded
    }

    /// The only row; throws ``PostgresError/Code/decoding`` when there are none or several.
    public func only<each Value: PostgresValue>(
        _ types: repeat (each Value).Type
    ) throws(PostgresError) -> (repeat each Value) {
        guard count == 1 else { throw .decoding("\(count) rows where one was wanted") }
        return try self[0].decode(repeat each types)
    }
}

/// One row of an answer.
public struct Row: Sendable {
    let rows: Rows
    public let index: Int

    /// All columns from left to right; there must be as many as types.
    public func decode<each Value: PostgresValue>(
        _ types: repeat (each Value).Type
    ) throws(PostgresError) -> (repeat each Value) {
        var wanted = 0
        for _ in repeat each types { wanted += 1 }
        guard wanted == rows.columnCount else {
            throw .decoding("\(rows.columnCount) columns where \(wanted) were wanted")
        }
        var column = 0
        return (repeat try next(&column, (each types)))
    }

    private func next<Value: PostgresValue>(_ column: inout Int, _ type: Value.Type) throws(PostgresError) -> Value {
        defer { column += 1 }
        return try rows.value(index, column, as: type)
    }

    /// One column by its number, counted from zero.
    public func value<Value: PostgresValue>(_ column: Int, as type: Value.Type) throws(PostgresError) -> Value {
        guard column >= 0, column < rows.columnCount else { throw .decoding("there is no column \(column)") }
        return try rows.value(index, column, as: type)
    }

    /// One column by its name. Looks it up each time: for many rows use ``Rows/column(_:)`` once.
    public func value<Value: PostgresValue>(_ name: String, as type: Value.Type) throws(PostgresError) -> Value {
        guard let column = rows.column(name) else { throw .decoding("there is no column \(name)") }
        return try rows.value(index, column, as: type)
    }
}
