internal import CLibpq
internal import Glibc

extension Session {
    /// A notification that has arrived, if any.
    func nextNotification() throws(PostgresError) -> (channel: String, payload: String)? {
        let connection = try unsafe live()
        if unsafe PQconsumeInput(connection) == 0 { throw lost() }
        guard let notification = unsafe PQnotifies(connection) else { return nil }
        defer { unsafe PQfreemem(notification) }
        guard let channel = unsafe notification.pointee.relname, let payload = unsafe notification.pointee.extra else {
            return nil
        }
        return unsafe (String(cString: channel), String(cString: payload))
    }

    /// Waits until something arrives or the interrupt is raised; false when nothing did in time.
    func waitForNotification(atMost duration: Duration) throws(PostgresError) -> Bool {
        let connection = try unsafe live()
        let end = Monotonic.now + duration
        var waited = [
            pollfd(fd: unsafe PQsocket(connection), events: Int16(POLLIN), revents: 0),
            pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let now = Monotonic.now
            if now >= end { return false }
            if unsafe poll(&waited, 2, end.millisecondsLeft(from: now)) > 0 { break }
        }
        if waited[1].revents != 0 { interrupt.drain() }
        return true
    }
}
