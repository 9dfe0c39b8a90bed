extension Connection {
    /// Fills a table quickly: `COPY people (id, name) FROM STDIN (FORMAT binary)`.
    ///
    ///     try await connection.copyIn("import_people", "COPY people (id, name) FROM STDIN (FORMAT binary)") { writer in
    ///         for try await person in people { try writer.write(person.id, person.name) }
    ///     }
    ///
    /// Nothing is stored unless all of it is: what `body` throws undoes the COPY and is thrown on.
    /// ``statementTimeout`` bounds each wait for the server, not the whole.
    ///
    /// - Returns: how many rows the server took.
    @discardableResult
    public func copyIn(
        _ name: QueryName, _ sql: SQL, _ body: nonisolated(nonsending) (CopyWriter) async throws -> Void
    ) async throws -> Int {
        let start = Monotonic.now
        do throws(PostgresError) {
            try session.begin(start)
            try session.startCopy(sql, .copyIn)
        } catch {
            throw session.fail(name, start, error)
        }
        let writer = CopyWriter(session)
        do {
            try await body(writer)
            let count = try writer.end()
            session.succeed(name, start, rows: count)
            return count
        } catch let error as PostgresError {
            throw session.fail(name, start, session.abortCopyIn(because: error))
        } catch {
            let given = PostgresError(.cancelled, "the rows ended by an error")
            _ = session.fail(name, start, session.abortCopyIn(because: given))
            throw error
        }
    }

    /// Reads a table quickly: `COPY people (id, name) TO STDOUT (FORMAT binary)`.
    ///
    /// `body` gets the rows in batches, on the connection's thread; while it works, the server waits. What it throws
    /// ends the COPY and is thrown on.
    ///
    /// - Returns: how many rows came.
    @discardableResult
    public func copyOut(_ name: QueryName, _ sql: SQL, _ body: (CopyBatch) throws -> Void) throws -> Int {
        let start = Monotonic.now
        do {
            try session.begin(start)
            try session.startCopy(sql, .copyOut)
            var reader = CopyReader()
            while let batch = try reader.next(session) { try body(batch) }
            _ = try session.collect()
            session.succeed(name, start, rows: reader.rowCount)
            return reader.rowCount
        } catch let error as PostgresError {
            throw session.fail(name, start, session.abortCopyOut(because: error))
        } catch {
            let given = PostgresError(.cancelled, "the reader of the rows gave up")
            _ = session.fail(name, start, session.abortCopyOut(because: given))
            throw error
        }
    }
}
