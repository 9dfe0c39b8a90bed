internal import CLibpq
internal import Glibc
internal import Telemetry

extension Session {
    /// Runs one conversation about one named statement: deadline, errors, metrics and the state afterwards.
    func exchange<Result>(
        _ name: QueryName, rows count: (Result) -> Int, _ body: () throws(PostgresError) -> Result
    ) throws(PostgresError) -> Result {
        let start = Monotonic.now
        do throws(PostgresError) {
            try begin(start)
            let result = Ambient.tracer == nil ? try body() : try traced(name, body)
            succeed(name, start, rows: count(result))
            return result
        } catch {
            throw fail(name, start, error)
        }
    }

    private func traced<Result>(
        _ name: QueryName, _ body: () throws(PostgresError) -> Result
    ) throws(PostgresError) -> Result {
        try withSpan(name.text, kind: .client, attributes: ["db.system.name": "postgresql"]) {
            (_) throws(PostgresError) in try body()
        }
    }

    func begin(_ start: Monotonic) throws(PostgresError) {
        exchange = Exchange(deadline: start + statementTimeout)
        guard mode == .idle else {
            throw PostgresError(.usage, "a COPY is running on this connection", hint: "end it first")
        }
        if isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
    }

    func succeed(_ name: QueryName, _ start: Monotonic, rows: Int) {
        if exchange.stop != nil {
            // The request to stop came too late. Should it never arrive, the connection is closed, but what was done is done.
            do throws(PostgresError) { try settleStop() } catch {}
        }
        let series = series(of: name)
        series.observe(seconds: Monotonic.now.seconds(since: start))
        series.add(rows: rows)
    }

    /// Counts the error and completes it.
    func fail(_ name: QueryName, _ start: Monotonic, _ error: PostgresError) -> PostgresError {
        var error = explain(error, name)
        if exchange.stop != nil, isUsable {
            do throws(PostgresError) { try settleStop() } catch let lost {
                error.isConnectionLost = lost.isConnectionLost
            }
        }
        series(of: name).observe(seconds: Monotonic.now.seconds(since: start))
        metrics.count(error)
        return error
    }

    /// Completes an error by what only the session knows.
    private func explain(_ error: PostgresError, _ name: QueryName) -> PostgresError {
        var error = error.named(name)
        if error.code == .queryCanceled, let stop = exchange.stop {
            error.code = stop.reason
            if stop.reason == .statementTimeout {
                error.message = "stopped after \(statementTimeout)"
                error.hint = "look at its plan, or allow it more time by statementTimeout"
            } else {
                error.message = "stopped because the task was cancelled"
            }
        }
        return error
    }

    /// Sends what waits in libpq's buffer, reading meanwhile, so that neither side waits for the other for ever.
    func flush() throws(PostgresError) {
        let connection = try unsafe live()
        exchange.hasSent = true
        while unsafe PQflush(connection) == 1 {
            if try wait(for: POLLIN | POLLOUT) & POLLIN != 0 { unsafe _ = PQconsumeInput(connection) }
        }
        // A failure to send shows when the answer is read: the server may have said why it left.
    }

    /// The next result of what was sent; nil at the end of a statement.
    func nextResult() throws(PostgresError) -> Rows? {
        let connection = try unsafe live()
        while unsafe PQisBusy(connection) == 1 {
            _ = try wait(for: POLLIN)
            // When this fails the connection is bad, and the result tells so.
            if unsafe PQconsumeInput(connection) == 0 { break }
        }
        guard let result = unsafe PQgetResult(connection) else { return nil }
        return unsafe Rows(result)
    }

    /// Reads results up to the end of the statement and returns the last; throws the first error among them.
    func collect() throws(PostgresError) -> Rows {
        var last: Rows?
        var failure: PostgresError?
        while let rows = try nextResult() {
            switch rows.status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: last = rows
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                // There is no leaving this state that is surely short.
                let error = PostgresError(.usage, "this is a COPY", hint: "use copyIn or copyOut")
                close(because: error)
                throw error
            default: failure = failure ?? self.failure(in: rows)
            }
        }
        if let failure { throw noted(failure) }
        guard let last else { throw lost() }
        return last
    }

    /// The error in a result.
    func failure(in rows: Rows) -> PostgresError {
        guard let state = rows.errorField("C") else {
            // libpq's own words, for instance that the server closed the connection.
            return PostgresError(
                .connectionLost, rows.errorMessage.trimmed, hint: "the connection is replaced; try again")
        }
        var error = PostgresError(PostgresError.Code(rawValue: state), rows.errorField("M") ?? "")
        error.detail = rows.errorField("D")
        error.hint = rows.errorField("H")
        error.constraint = rows.errorField("n")
        error.table = rows.errorField("t")
        let severity = rows.errorField("V")
        error.isConnectionLost = severity == "FATAL" || severity == "PANIC"
        return error
    }

    /// Closes the session where the error or libpq says that the connection is over.
    func noted(_ error: PostgresError) -> PostgresError {
        var error = error
        let isBad = unsafe handle.map { unsafe PQstatus($0) == CONNECTION_BAD } ?? true
        if error.code == .connectionLost || isBad { error.isConnectionLost = true }
        if error.isConnectionLost {
            close(because: error)
            error.isOutcomeUnknown = exchange.hasSent
        }
        return error
    }

    /// The error after a call of libpq that failed without a result.
    func lost() -> PostgresError {
        let text = unsafe handle.flatMap { unsafe PQerrorMessage($0) }.map { unsafe String(cString: $0) } ?? ""
        let error = PostgresError(.connectionLost, text.trimmed, hint: "the connection is replaced; try again")
        return noted(error)
    }
}
