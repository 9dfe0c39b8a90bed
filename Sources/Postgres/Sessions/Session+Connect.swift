internal import CLibpq
internal import Glibc

extension Session {
    /// Connects within the configured time. On failure the connection is finished, and the error says what libpq said.
    func connect() throws(PostgresError) {
        _ = LibpqEnvironment.removed
        let options = try configuration.libpqOptions()
        guard let connection = unsafe Self.start(options) else {
            throw PostgresError(.connectionRefused, "out of memory", hint: "free some")
        }
        unsafe adopt(connection)
        exchange = Exchange(deadline: .now + configuration.connectTimeout)
        do throws(PostgresError) {
            try unsafe establish(connection)
            try becomeReady()
        } catch {
            close(because: error)
            throw error
        }
    }

    private static func start(_ options: [(keyword: String, value: String)]) -> OpaquePointer? {
        // Copies that outlive the call to libpq, which keeps none of the pointers.
        let keywords = unsafe options.map { unsafe strdup($0.keyword) }
        let values = unsafe options.map { unsafe strdup($0.value) }
        defer {
            unsafe keywords.forEach { unsafe free($0) }
            unsafe values.forEach { unsafe free($0) }
        }
        let keywordList: [UnsafePointer<CChar>?] = unsafe keywords.map { unsafe UnsafePointer($0) } + [nil]
        let valueList: [UnsafePointer<CChar>?] = unsafe values.map { unsafe UnsafePointer($0) } + [nil]
        return unsafe PQconnectStartParams(keywordList, valueList, 0)
    }

    private func establish(_ connection: OpaquePointer) throws(PostgresError) {
        var progress = unsafe PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while progress != PGRES_POLLING_OK {
            guard progress != PGRES_POLLING_FAILED else { throw unsafe refusal(connection) }
            _ = try awaitProgress(progress == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            progress = unsafe PQconnectPoll(connection)
        }
    }

    private func awaitProgress(_ events: Int32) throws(PostgresError) -> Int32 {
        do throws(PostgresError) {
            return try wait(for: events)
        } catch {
            guard error.code == .statementTimeout else { throw error }
            throw PostgresError(
                .connectionRefused, "no connection within \(configuration.connectTimeout)",
                hint: "check that the server is up and reachable")
        }
    }

    private func refusal(_ connection: OpaquePointer) -> PostgresError {
        let text = unsafe PQerrorMessage(connection).map { unsafe String(cString: $0) } ?? ""
        return PostgresError(
            .connectionRefused, text.trimmed, hint: "check that the server runs and accepts this user")
    }
}

extension String {
    /// Without the line ends that libpq puts behind messages.
    var trimmed: String {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
