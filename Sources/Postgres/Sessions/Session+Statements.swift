internal import CLibpq

extension Session {
    /// Runs one statement, prepared on its first use on this connection.
    func run(_ name: QueryName, _ sql: SQL) throws(PostgresError) -> Rows {
        try exchange(name, rows: \.affected) { () throws(PostgresError) in
            do throws(PostgresError) {
                return try runPrepared(sql)
            } catch {
                // The table changed since the statement was prepared, or someone discarded it. Inside a transaction
                // that has failed now; outside nothing has happened yet.
                guard error.isStatementStale, isUsable else { throw error }
                if let old = statements.remove(sql) { drop([old]) }
                if isInTransaction { throw error }
                return try runPrepared(sql)
            }
        }
    }

    private func runPrepared(_ sql: SQL) throws(PostgresError) -> Rows {
        if let known = statements.find(sql) {
            try sendPrepared(known.name, sql)
        } else {
            try sendPrepared(try prepare(sql), sql)
        }
        try flush()
        return try collect()
    }

    private func prepare(_ sql: SQL) throws(PostgresError) -> String {
        let statement = statements.newStatement(sql)
        try sendPrepare(statement, sql)
        try flush()
        _ = try collect()
        drop(statements.insert(sql, statement))
        return statement.name
    }

    /// Has the server forget statements.
    ///
    /// One that stays behind only costs the server memory, so what goes wrong here must not fail the work that it comes
    /// with, which may be committed already. In a transaction a failure would undo that, so there they wait for its end.
    func drop(_ names: [String]) {
        unwanted += names
        while !isInTransaction, isUsable, let name = unwanted.popLast() {
            do throws(PostgresError) {
                try sendSimple("DEALLOCATE \(name)")
                try flush()
                _ = try collect()
            } catch {
                // Where the server is slow or the task was cancelled, the others would fare no better now.
                return
            }
        }
    }

    func sendPrepare(_ statement: StatementCache.Statement, _ sql: SQL) throws(PostgresError) {
        guard sql.parameterCount <= SQL.parametersMax else {
            throw PostgresError(
                .usage, "\(sql.parameterCount) parameters; the server takes \(SQL.parametersMax)",
                hint: "pass an array and unnest it")
        }
        try refuseZeroBytes(sql.text)
        let connection = try unsafe live()
        let types = statement.types
        let sent = unsafe PQsendPrepare(connection, statement.name, sql.text, Int32(types.count), types)
        guard sent == 1 else { throw lost() }
    }

    func sendPrepared(_ name: String, _ sql: SQL) throws(PostgresError) {
        let connection = try unsafe live()
        let count = Int32(sql.parameterCount)
        let sent = unsafe sql.parameters.withPointers { values, lengths, formats in
            unsafe PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost() }
    }

    func sendSimple(_ text: String) throws(PostgresError) {
        try refuseZeroBytes(text)
        let connection = try unsafe live()
        guard unsafe PQsendQuery(connection, text) == 1 else { throw lost() }
    }

    /// A zero byte would cut the text off where libpq takes it over, and half a statement would run.
    private func refuseZeroBytes(_ text: String) throws(PostgresError) {
        guard !text.utf8.contains(0) else {
            throw PostgresError(.usage, "the SQL text contains a zero byte", hint: "remove it")
        }
    }

    /// Runs several statements without parameters in one go; they are one transaction unless the text says otherwise.
    func runScript(_ name: QueryName, _ text: String) throws(PostgresError) {
        _ = try exchange(name, rows: { (_: Rows) in 0 }) { () throws(PostgresError) in
            try sendSimple(text)
            try flush()
            return try collect()
        }
    }

    /// Commits, and throws where the server could only roll back: to it, that is a success too.
    func commit() throws(PostgresError) {
        guard transactionStatus == PQTRANS_INTRANS else {
            throw transactionStatus == PQTRANS_INERROR || !isUsable
                ? notCommitted()
                : PostgresError(
                    .usage, "the work ended the transaction that it runs in",
                    hint: "leave COMMIT and ROLLBACK to transaction()")
        }
        // A deferred constraint may still fail it; that is an error like any other.
        guard try run("commit", "COMMIT").commandTag == "COMMIT" else { throw notCommitted() }
    }

    private func notCommitted() -> PostgresError {
        PostgresError(
            .transactionFailed, "nothing of the transaction was kept, because a statement in it had failed",
            hint: "let errors leave the transaction, or put what may fail into one within it")
    }

    /// Ends whatever transaction is open.
    func rollBack() { tidy("rollback", "ROLLBACK") }

    /// Undoes what happened since the innermost savepoint, and the savepoint.
    func rollBackToSavepoint() {
        guard isInTransaction else { return }
        tidy("rollback_to_savepoint", "ROLLBACK TO SAVEPOINT part")
        tidy("savepoint_release", "RELEASE SAVEPOINT part")
    }

    func unlock(_ number: Int64) { tidy("advisory_unlock", "SELECT pg_advisory_unlock(\(number))") }

    /// Runs a statement that has to succeed, also in cancelled work. A connection where it fails is closed.
    private func tidy(_ name: QueryName, _ sql: SQL) {
        guard isUsable else { return }
        ignoresCancellation = true
        defer { ignoresCancellation = false }
        do throws(PostgresError) {
            _ = try run(name, sql)
        } catch {
            close(because: error)
        }
    }
}
