internal import CLibpq
internal import Glibc

extension Session {
    /// Starts a COPY; `wanted` says in which direction.
    func startCopy(_ sql: SQL, _ wanted: Mode) throws(PostgresError) {
        guard sql.parameterCount == 0 else {
            throw PostgresError(.usage, "COPY takes no parameters", hint: "COPY from a view or a query with literals")
        }
        try sendSimple(sql.text)
        try flush()
        guard let rows = try nextResult() else { throw lost() }
        switch (rows.status, wanted) {
        case (PGRES_COPY_IN, .copyIn), (PGRES_COPY_OUT, .copyOut):
            mode = wanted
            if rows.isBinaryCopy { return }
            let error = PostgresError(.usage, "this COPY is not binary", hint: "add (FORMAT binary)")
            throw wanted == .copyIn ? abortCopyIn(because: error) : abortCopyOut(because: error)
        case (PGRES_COPY_IN, _), (PGRES_COPY_OUT, _), (PGRES_COPY_BOTH, _):
            let error = PostgresError(.usage, "this COPY goes the other way", hint: "use copyIn for FROM STDIN")
            close(because: error)
            throw error
        case (PGRES_FATAL_ERROR, _):
            let failure = failure(in: rows)
            while try nextResult() != nil {}
            throw noted(failure)
        default:
            while try nextResult() != nil {}
            throw PostgresError(.usage, "this is not a COPY statement", hint: "use query or execute")
        }
    }

    // MARK: In

    /// Hands bytes to the server and waits until they are on their way: this is what holds a quick producer back.
    func putCopy(_ bytes: [UInt8]) throws(PostgresError) {
        let connection = try unsafe live()
        exchange.deadline = .now + statementTimeout
        while true {
            let taken = unsafe bytes.withUnsafeBytes { buffer in
                unsafe PQputCopyData(
                    connection, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count))
            }
            if taken < 0 { throw lost() }
            try flush()
            if taken == 1 { return }
        }
    }

    /// Ends a COPY and returns how many rows the server took.
    func endCopyIn() throws(PostgresError) -> Int {
        try endCopyIn(message: nil)
        mode = .idle
        return try collect().affected
    }

    /// Tells the server to throw away what it got, unless it has ended the COPY itself. Returns the error to throw.
    func abortCopyIn(because error: PostgresError) -> PostgresError {
        // Where no COPY runs any more, libpq takes its end for a mistake of ours, and the connection is well.
        guard isUsable, mode == .copyIn else { return error }
        do throws(PostgresError) {
            try endCopyIn(message: "given up by the client")
            mode = .idle
            _ = try collect()
        } catch {
            // The server confirms by an error; anything worse has closed the session.
        }
        return error
    }

    private func endCopyIn(message: String?) throws(PostgresError) {
        let connection = try unsafe live()
        while true {
            let ended =
                if let message { unsafe PQputCopyEnd(connection, message) } else {
                    unsafe PQputCopyEnd(connection, nil)
                }
            if ended < 0 { throw lost() }
            try flush()
            if ended == 1 { return }
        }
    }

    // MARK: Out

    /// Appends rows to `bytes` until there are about `limit`; false at the end of the COPY.
    func getCopy(into bytes: inout [UInt8], count: inout Int, limit: Int) throws(PostgresError) -> Bool {
        let connection = try unsafe live()
        exchange.deadline = .now + statementTimeout
        while bytes.count < limit {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = unsafe PQgetCopyData(connection, &buffer, 1)
            switch length {
            case 1...:
                if let buffer = unsafe buffer {
                    unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: Int(length)))
                    unsafe PQfreemem(buffer)
                    count += 1
                }
            case 0:
                _ = try wait(for: POLLIN)
                if unsafe PQconsumeInput(connection) == 0 { throw lostInCopy() }
            case -1:
                mode = .idle
                return false
            default: throw lostInCopy()
            }
        }
        return true
    }

    /// The server's own words, where it had some before it left.
    private func lostInCopy() -> PostgresError {
        mode = .idle
        do throws(PostgresError) {
            _ = try collect()
            return lost()
        } catch {
            return error
        }
    }

    /// Stops a COPY whose rows nobody wants any more. Returns the error to throw.
    func abortCopyOut(because error: PostgresError) -> PostgresError {
        guard isUsable, mode == .copyOut else { return error }
        if exchange.stop == nil { stop(.cancelled) }
        do throws(PostgresError) {
            var bytes: [UInt8] = []
            var count = 0
            while try getCopy(into: &bytes, count: &count, limit: 1 << 16) { bytes.removeAll(keepingCapacity: true) }
            _ = try collect()
        } catch {
            // Stopped, as was asked; anything worse has closed the session.
        }
        return error
    }
}
