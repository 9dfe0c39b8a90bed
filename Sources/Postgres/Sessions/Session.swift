internal import CLibpq
internal import Glibc
internal import Telemetry

/// One libpq connection: synchronous, for one thread at a time, which it blocks.
///
/// libpq is used without blocking inside it: every wait is in ``wait(for:)``, which knows the deadline and hears
/// cancellations. After any failure of the connection the session is closed for good.
@safe final class Session {
    /// What the conversation is in the middle of.
    enum Mode { case idle, copyIn, copyOut }

    /// The statement that is running.
    struct Exchange {
        var deadline: Monotonic
        /// Why the server was asked to stop, until when it may take to do so, and when it is asked again: a request
        /// that overtakes the statement finds the server idle and is forgotten.
        var stop: (reason: PostgresError.Code, graceEnd: Monotonic, askAgain: Monotonic)?
        var hasSent = false
    }

    let configuration: ConnectionConfiguration
    let interrupt: Interrupt
    let metrics: QueryMetrics
    private let notices: NoticeReceiver
    /// Nil before it is connected and after it is closed.
    private(set) var handle: OpaquePointer?
    private var ticket: CancelTicket?
    /// The socket and the interrupt, made once: they are waited for with every statement.
    private let polled = UnsafeMutablePointer<pollfd>.allocate(capacity: 2)
    private var series: [QueryName: QueryMetrics.Series] = [:]

    var statements: StatementCache
    /// Statements that the server still has and nobody wants any more.
    var unwanted: [String] = []
    var mode = Mode.idle
    var exchange = Exchange(deadline: Monotonic(nanoseconds: 0))
    var statementTimeout: Duration
    /// The number of the work being done, zero for none; a cancellation of any other is none.
    var work: UInt64 = 0
    /// Set while tidying up, which has to happen in cancelled work too.
    var ignoresCancellation = false
    /// Why it was closed.
    private(set) var failure: PostgresError?

    init(
        _ configuration: ConnectionConfiguration, interrupt: Interrupt, metrics: QueryMetrics, logger: Logger
    ) {
        self.configuration = configuration
        self.metrics = metrics
        self.interrupt = interrupt
        notices = NoticeReceiver(logger: logger)
        statements = StatementCache(capacity: configuration.preparedStatementsMax)
        statementTimeout = configuration.statementTimeout
        unsafe polled.initialize(repeating: pollfd(), count: 2)
        unsafe polled[1] = pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0)
    }

    deinit {
        if let handle = unsafe handle { unsafe PQfinish(handle) }
        unsafe polled.deallocate()
    }

    var isUsable: Bool { unsafe handle != nil && failure == nil }

    /// Takes over a connection, whether it is established or not; from here on it is finished in any case.
    func adopt(_ connection: OpaquePointer) {
        unsafe handle = connection
        unsafe notices.install(on: connection)
    }

    /// To be called once the connection is established.
    func becomeReady() throws(PostgresError) {
        let connection = try unsafe live()
        unsafe _ = PQsetnonblocking(connection, 1)
        unsafe ticket = CancelTicket(connection: connection, interrupt: interrupt)
    }

    /// The connection to call libpq with; throws when it was closed.
    func live() throws(PostgresError) -> OpaquePointer {
        guard let handle = unsafe handle, failure == nil else {
            throw failure ?? PostgresError(.connectionLost, "the connection is closed", hint: "take another")
        }
        return unsafe handle
    }

    /// Closes the connection. Later calls throw `error`.
    func close(because error: PostgresError) {
        var error = error
        error.isConnectionLost = true
        // The next caller had nothing to do with the statement that failed.
        error.isOutcomeUnknown = false
        error.query = nil
        failure = failure ?? error
        if let handle = unsafe handle { unsafe PQfinish(handle) }
        unsafe handle = nil
        mode = .idle
    }

    func series(of name: QueryName) -> QueryMetrics.Series {
        if let known = series[name] { return known }
        let made = metrics.series(of: name)
        series[name] = made
        return made
    }

    var isInTransaction: Bool {
        unsafe handle != nil && transactionStatus != PQTRANS_IDLE
    }

    var transactionStatus: PGTransactionStatusType {
        unsafe handle.map { unsafe PQtransactionStatus($0) } ?? PQTRANS_UNKNOWN
    }

    var processID: Int32 { unsafe handle.map { unsafe PQbackendPID($0) } ?? 0 }

    var serverVersion: Int { Int(unsafe handle.map { unsafe PQserverVersion($0) } ?? 0) }

    /// Whether the server closed its end, told without asking it.
    var isCutOff: Bool {
        guard let handle = unsafe handle, failure == nil else { return true }
        var socket = pollfd(fd: unsafe PQsocket(handle), events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&socket, 1, 0) > 0 else { return false }
        unsafe _ = PQconsumeInput(handle)
        while let notification = unsafe PQnotifies(handle) { unsafe PQfreemem(notification) }
        // What was readable may be the notice before the end; the end itself needs another look.
        if unsafe PQstatus(handle) != CONNECTION_BAD, unsafe poll(&socket, 1, 0) > 0 {
            unsafe _ = PQconsumeInput(handle)
        }
        return unsafe PQstatus(handle) == CONNECTION_BAD
    }
}

extension Session {
    /// Waits until the socket is ready for one of `events`, and returns for which.
    ///
    /// Past the statement's deadline, or when its task is cancelled, the server is asked to stop, and the wait continues
    /// for its answer. A server that gives none within the grace loses the connection.
    func wait(for events: Int32) throws(PostgresError) -> Int32 {
        let connection = try unsafe live()
        unsafe polled[0] = pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
        while true {
            let now = Monotonic.now
            let end = exchange.stop?.askAgain ?? exchange.deadline
            if now >= end {
                if let graceEnd = exchange.stop?.graceEnd, now >= graceEnd {
                    throw breakOff("the server did not stop the statement in time")
                }
                stop(.statementTimeout)
                continue
            }
            let ready = unsafe poll(polled, 2, end.millisecondsLeft(from: now))
            guard ready > 0 else { continue }
            if unsafe polled[1].revents != 0 {
                interrupt.drain()
                if exchange.stop == nil, isCancelled { stop(.cancelled) }
            }
            if unsafe polled[0].revents != 0 { return Int32(unsafe polled[0].revents) }
        }
    }

    var isCancelled: Bool { work != 0 && !ignoresCancellation && interrupt.isCancelled(work) }

    /// Asks the server to end what is running; again if it was asked before.
    func stop(_ reason: PostgresError.Code) {
        let now = Monotonic.now
        let graceEnd = exchange.stop?.graceEnd ?? now + configuration.cancelGrace
        let askAgain = min(graceEnd, now + configuration.cancelInterval)
        exchange.stop = (exchange.stop?.reason ?? reason, graceEnd, askAgain)
        // One request at a time: each is a thread and its own connection.
        if ticket?.isSettled == true { ticket?.send() }
    }

    /// Waits until no request to stop is on its way any more: it could hit the next statement.
    func settleStop() throws(PostgresError) {
        guard let stop = exchange.stop, let ticket else { return }
        while !ticket.isSettled {
            let now = Monotonic.now
            guard now < stop.graceEnd else { throw breakOff("the request to stop a statement did not arrive") }
            unsafe _ = poll(polled + 1, 1, stop.graceEnd.millisecondsLeft(from: now))
            interrupt.drain()
        }
    }

    private func breakOff(_ message: String) -> PostgresError {
        var error = PostgresError(exchange.stop?.reason ?? .connectionLost, message)
        error.hint = "the connection was given up; look whether the server is overloaded or the network is down"
        error.isConnectionLost = true
        error.isOutcomeUnknown = exchange.hasSent
        close(because: error)
        return error
    }
}
