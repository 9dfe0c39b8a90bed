public import Postgres

/// Puts `log.head` right where it does not name the last event. Events are never touched.
///
///     let repair = try await HeadRepairer(pool: pool).repair()
///
/// The head is moved only where every event verifies from the first to the last, and only forwards: where events are
/// missing, moving it back would hide that.
public struct HeadRepairer: Sendable {
    private let pool: PostgresPool

    public init(pool: PostgresPool) { self.pool = pool }

    /// What was done, or would be.
    public struct Repair: Sendable, Hashable {
        public let before: LogHead
        public let after: LogHead
        public var isNeeded: Bool { before != after }
    }

    /// Why nothing was done.
    public enum Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        case end(LogEnd.Fault)
        /// The log itself is not what was written.
        case broken(position: Int, explanation: String)
        /// Somebody has changed the log meanwhile.
        case overtaken

        public var description: String {
            switch self {
            case .end(let fault): fault.description
            case .broken(let position, let explanation): "The log is broken at position \(position): \(explanation)"
            case .overtaken: "The log has changed meanwhile."
            }
        }

        /// What to do next, as a sentence.
        public var advice: String {
            switch self {
            case .end(let fault): fault.advice
            case .broken:
                "Keep the database as it is, and restore the newest backup into a new one: lifeos backup restore"
            case .overtaken: "Run it again."
            }
        }
    }

    /// - Parameters:
    ///   - isDryRun: only says what would be done.
    ///   - progress: told how many of how many events are verified.
    /// - Throws: ``Refusal``
    public func repair(
        isDryRun: Bool = false, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> Repair {
        let end = try await LogEnd.read(from: pool)
        if case .missing? = end.fault { throw Refusal.end(.missing(head: end.head.position, last: end.last)) }
        var check = try ChainCheck(after: .start)
        if end.last > 0 {
            do {
                for try await batch in EventReader(pool: pool).rows(1...end.last) {
                    try check.take(batch)
                    progress(check.head.position, end.last)
                }
            } catch let fault as LogFault {
                throw Refusal.broken(position: fault.position, explanation: fault.explanation)
            }
        }
        let repair = Repair(before: end.head, after: check.head)
        guard !isDryRun, repair.isNeeded else { return repair }
        try await pool.transaction { connection in
            _ = try connection.query("head_lock", LogStatements.lockHead)
            let now = try LogEnd.read(on: connection)
            guard now.head == end.head, now.last == repair.after.position else { throw Refusal.overtaken }
            try connection.execute("head_repair", LogStatements.move(to: repair.after))
            // Whoever put events behind the head may have gone round what keeps this table.
            try connection.execute("head_streams", "SELECT log.fill_streams()")
            try connection.execute("head_notify", LogStatements.notify(repair.after))
        }
        return repair
    }
}
