internal import Glibc
internal import Synchronization
internal import System
internal import Telemetry

/// Ends what takes too long. The library knows only inactivity, so that one byte a second would hold a connection for
/// ever; this thread looks at the deadline of every connection instead.
final class Sweeper: Sendable {
    private let core: ServerCore
    private let isStopped = Atomic(false)

    /// Starts the thread.
    init(_ core: ServerCore) {
        self.core = core
        Thread.detach(name: "http-sweeper") { [self] in run() }
    }

    /// Lets the thread end the next time it wakes.
    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// The library misses a client's goodbye that arrives together with its last request: one event tells of both, and
    /// it stops reading after the request. So whoever has become idle is looked at once; a later goodbye is an event of
    /// its own.
    private func noticeDeparture(_ connection: Connection, _ seen: Activity) {
        guard connection.lookedAt != seen else { return }
        connection.lookedAt = seen
        if connection.isAtEnd, connection.condemn(ifStill: seen) { connection.cut() }
    }

    private func run() {
        let pause = Int32(max(1, core.configuration.deadlines.precision.wholeMilliseconds))
        while !isStopped.load(ordering: .relaxed) {
            _ = poll(nil, 0, pause)
            let now = Instant.now
            var overdue: [(any Interruptible, Interruption)] = []
            core.table.forEach { sweep($0, now, &overdue) }
            // Who is interrupted may call anybody, so not while the table is locked.
            for (waiting, reason) in overdue { waiting.interrupt(reason) }
        }
    }

    private func sweep(
        _ connection: Connection, _ now: Instant, _ overdue: inout [(any Interruptible, Interruption)]
    ) {
        let seen = connection.current
        if seen.kind == .publishing {
            if let waiting = connection.waiting.withLock({ $0 }) { overdue.append((waiting, .tick(now))) }
            return
        }
        guard seen.isOver(at: now) else {
            if seen.kind == .idle { noticeDeparture(connection, seen) }
            return
        }
        switch seen.kind {
        case .idle:
            guard connection.condemn(ifStill: seen) else { return }
            connection.cut()
        case .connected, .receivingHead, .receivingBody:
            guard connection.condemn(ifStill: seen) else { return }
            let isHead = seen.kind != .receivingBody
            core.metrics.deadlines.with(isHead ? "head" : "body").increment()
            connection.sayLast(.requestTimeout(isHead ? "the head of the request" : "the body"))
            connection.cut()
        case .handling:
            // Stays as it is until its thread comes by; asking twice does no harm.
            if let waiting = connection.waiting.withLock({ $0 }) { overdue.append((waiting, .deadline)) }
        case .sending:
            guard connection.sending.isStalled(connection, core.configuration.deadlines.stalledSend, now),
                connection.condemn(ifStill: seen)
            else { return }
            core.metrics.deadlines.with("send").increment()
            connection.cut()
        case .publishing, .condemned: break
        }
    }
}

/// Whether a client still takes what is sent to it.
struct SendingProgress {
    private var taken: UInt64 = 0
    private var since: Instant?

    /// A large answer may take its time as long as bytes arrive.
    mutating func isStalled(_ connection: Connection, _ patience: Duration, _ now: Instant) -> Bool {
        let latest = Self.bytesTaken(connection.descriptor)
        if since == nil || latest != taken {
            taken = latest
            since = now
            return false
        }
        guard let since else { return false }
        return (since + patience).nanoseconds < now.nanoseconds
    }

    /// What the peer acknowledged; for a Unix socket what it has not read yet, which changes as it reads.
    private static func bytesTaken(_ descriptor: Int32) -> UInt64 {
        if let counters = SocketCounters(descriptor) { return counters.bytesAcknowledged }
        var waiting: Int32 = 0
        _ = unsafe ioctl(descriptor, UInt(TIOCOUTQ), &waiting)
        return UInt64(max(0, waiting))
    }
}
