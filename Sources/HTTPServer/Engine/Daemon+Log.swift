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
        if isRefusal { refuseInstead(core, status: Int(text.drop { !$0.isNumber }.prefix { $0.isNumber })) }
        core.logger.debug("The HTTP library speaks", ["text": text.split(separator: "\n").joined(separator: " ")])
    }

    /// The library looks into a complete head before it asks us, and what it refuses there it answers with its header block
    /// twice. Its complaint comes just before that answer: time enough to give a proper one and to close the
    /// socket under it.
    ///
    /// Of this thread's connections it can only be the one whose headers are complete and that has not come to us yet.
    private static func refuseInstead(_ core: ServerCore, status: Int?) {
        let thread = pthread_self()
        core.table.forEach { connection in
            guard connection.thread == thread, connection.stage == .head, connection.library.headBytes > 0 else {
                return
            }
            let seen = connection.current
            guard seen.kind == .receivingHead, connection.condemn(ifStill: seen) else { return }
            connection.sayLast(status == Status.headersTooLarge.rawValue ? tooManyCookies : HeadReader.malformedLength)
            connection.cut()
        }
    }

    /// For each cookie the library wants memory that is not there.
    private static let tooManyCookies = Problem(
        .headersTooLarge, "headers_too_large",
        "The cookies need more room than a connection has. Remove some, or send shorter ones.")
}
