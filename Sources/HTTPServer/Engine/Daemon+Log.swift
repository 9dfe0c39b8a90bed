internal import Glibc
internal import Telemetry

/// What the library says about itself.
extension Daemon {
    /// Runs on the thread that has something to say, in the middle of its work.
    static func heard(
        _ argument: UnsafeMutableRawPointer?, _ format: UnsafePointer<CChar>?, _ values: CVaListPointer?
    ) {
        guard let argument = unsafe argument, let format = unsafe format, let values = unsafe values else { return }
        let core = unsafe Unmanaged<ServerCore>.fromOpaque(argument).takeUnretainedValue()
        let isRefusal = unsafe strstr(format, "HTTP response code") != nil
        guard isRefusal || core.logger.isEnabled(.debug) else { return }
        let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
            unsafe buffer.initialize(repeating: 0)
            guard let start = buffer.baseAddress else { return "" }
            unsafe vsnprintf(start, buffer.count, format, values)
            return unsafe String(cString: start)
        }
        if isRefusal { refuseInstead(core, LibraryRefusal(text)) }
        core.logger.debug("The HTTP library speaks", ["text": text.split(separator: "\n").joined(separator: " ")])
    }

    /// What the library refuses before it asks us it answers with its own page, or with its header block twice. Its
    /// complaint comes just before that answer: time enough to give a proper one and to close the socket under it.
    private static func refuseInstead(_ core: ServerCore, _ refusal: LibraryRefusal) {
        let thread = pthread_self()
        var suspects: [Connection] = []
        var culprit: (connection: Connection, problem: Problem)?
        core.table.forEach { connection in
            guard connection.thread == thread else { return }
            // Its headers are complete and it has not come to us yet: the library is at it just now.
            if connection.stage == .head, connection.library.headBytes > 0 {
                culprit = (connection, refusal.problemOfCompleteHead)
            } else if refusal.concerns(connection) {
                suspects.append(connection)
            }
        }
        if culprit == nil, let connection = onlyCulprit(of: suspects) {
            culprit = (connection, refusal.problem(for: connection))
        }
        guard let (connection, problem) = culprit else { return }
        core.table.forEach { candidate in
            guard candidate === connection, connection.condemn(ifStill: connection.current) else { return }
            if connection.request != nil { connection.status = problem.status.rawValue }
            connection.sayLast(problem)
            connection.discardInput()
            connection.cut()
        }
    }

    /// The one that has sent so much that the library can have no room for it. Where that leaves several, since nobody counts
    /// what comes through TLS or a Unix socket, the library may say what it likes: it closes the connection as well.
    private static func onlyCulprit(of suspects: [Connection]) -> Connection? {
        if suspects.count == 1 { return suspects[0] }
        guard suspects.count <= suspectsMax else { return nil }
        let likely = suspects.filter { connection in
            let room = connection.core.configuration.limits.connectionMemoryBytes
            return connection.bytesInLibrary.map { $0 > room / 2 } ?? true
        }
        return likely.count == 1 ? likely[0] : nil
    }

    /// Looking at each costs two system calls, which a bad request must not cause by the thousand.
    private static let suspectsMax = 256
}
