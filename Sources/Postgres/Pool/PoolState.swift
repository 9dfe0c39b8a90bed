/// Who has which connection and who waits for one: a pure value, so that fairness can be tested without a server.
///
/// A connection is opened only for a waiter, and never more of them than wait. Whoever waits longest is served first,
/// and nobody overtakes the queue.
struct PoolState<Member, Waiter> {
    struct Idle {
        let member: Member
        let since: Monotonic
    }

    struct Waiting {
        let number: UInt64
        let deadline: Monotonic
        let waiter: Waiter
    }

    enum Acquisition {
        case lend(Idle)
        /// Wait under this number; a connection has to be opened if `opens`.
        case wait(opens: Bool)
        case overloaded
        case closed
    }

    enum Placement {
        case handOver(Member, Waiter)
        case keep
        /// Close it; a connection has to be opened in its place if `opens`.
        case discard(Member, opens: Bool)
    }

    let connectionsMax: Int
    let waitersMax: Int
    private(set) var idle: [Idle] = []
    private(set) var waiting: [Waiting] = []
    /// Connections that exist, idle or lent.
    private(set) var open = 0
    private(set) var opening = 0
    private(set) var isClosed = false

    init(connectionsMax: Int, waitersMax: Int) {
        self.connectionsMax = connectionsMax
        self.waitersMax = waitersMax
    }

    var lent: Int { open - idle.count }

    /// The connection used last, whose caches are warm.
    mutating func takeIdle() -> Idle? { isClosed ? nil : idle.popLast() }

    /// A connection, or a place at the end of the queue.
    mutating func acquire(number: UInt64, deadline: Monotonic, _ waiter: Waiter) -> Acquisition {
        if isClosed { return .closed }
        if let idle = idle.popLast() { return .lend(idle) }
        guard waiting.count < waitersMax else { return .overloaded }
        waiting.append(Waiting(number: number, deadline: deadline, waiter: waiter))
        return .wait(opens: startOpening())
    }

    mutating func release(_ member: Member, isReusable: Bool, now: Monotonic) -> Placement {
        if isReusable { return place(member, now) }
        open -= 1
        return .discard(member, opens: startOpening())
    }

    /// Takes in a connection that nobody asked for.
    mutating func adopt(_ member: Member, now: Monotonic) -> Placement {
        open += 1
        return place(member, now)
    }

    mutating func opened(_ member: Member, now: Monotonic) -> Placement {
        opening -= 1
        open += 1
        return place(member, now)
    }

    /// Whether to go on trying, because someone still waits for it.
    mutating func openingFailed() -> Bool {
        if !isClosed, waiting.count >= opening { return true }
        opening -= 1
        return false
    }

    /// Takes a waiter out of the queue: its task was cancelled.
    mutating func abandon(_ number: UInt64) -> Waiter? {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return nil }
        return waiting.remove(at: index).waiter
    }

    /// Takes out those who have waited long enough.
    mutating func expire(now: Monotonic) -> [Waiter] {
        let count = waiting.firstIndex { $0.deadline > now } ?? waiting.count
        defer { waiting.removeFirst(count) }
        return waiting[..<count].map(\.waiter)
    }

    /// Takes out the connection that has been idle for longest, of those since `moment` at the latest.
    ///
    /// - Parameter last: only what has been idle for less long than since then; nil for any.
    mutating func takeIdle(after last: Monotonic?, before moment: Monotonic) -> Idle? {
        guard !isClosed, let index = idle.firstIndex(where: { idle in last.map { idle.since > $0 } ?? true }),
            idle[index].since <= moment
        else { return nil }
        return idle.remove(at: index)
    }

    /// Puts a connection back where it lay, without making it look used.
    mutating func putBack(_ one: Idle) -> Placement {
        if isClosed || !waiting.isEmpty { return place(one.member, one.since) }
        idle.insert(one, at: idle.firstIndex { $0.since > one.since } ?? idle.count)
        return .keep
    }

    mutating func close() -> (idle: [Member], waiters: [Waiter]) {
        isClosed = true
        defer {
            open -= idle.count
            idle = []
            waiting = []
        }
        return (idle.map(\.member), waiting.map(\.waiter))
    }

    private mutating func place(_ member: Member, _ now: Monotonic) -> Placement {
        if isClosed {
            open -= 1
            return .discard(member, opens: false)
        }
        if !waiting.isEmpty { return .handOver(member, waiting.removeFirst().waiter) }
        idle.append(Idle(member: member, since: now))
        return .keep
    }

    private mutating func startOpening() -> Bool {
        guard !isClosed, waiting.count > opening, open + opening < connectionsMax else { return false }
        opening += 1
        return true
    }
}

extension PoolState.Idle: Sendable where Member: Sendable {}
extension PoolState.Placement: Sendable where Member: Sendable, Waiter: Sendable {}
