import Cryptography
import Postgres
import System
import Telemetry

/// A batch that was sent to be committed, until it is known whether it was.
struct BatchInDoubt<Answer: Sendable>: Sendable {
    let answers: [Result<Answer, any Error>]
    let events: [Event]
    let head: LogHead
}

/// How batches are carried out.
extension CommandWriter {
    private typealias Entry = CommandQueue<Handler>.Entry

    private static var ownStatements: [String] { ["begin", "log_lock_head", "log_witness", "log_find_receipt"] }

    /// Holds a connection as long as it lasts, and takes another when it is lost.
    func run() async {
        let unreachableSince = Lock<ContinuousClock.Instant?>(nil)
        while true {
            do {
                return try await pool.withConnection { connection in
                    try self.serve(on: connection) { unreachableSince.withLock { $0 = nil } }
                }
            } catch {
                metrics.retries.increment()
                let since = unreachableSince.withLock { since in
                    since = since ?? .now
                    return since
                }
                logger.warning("the log cannot be written to", ["error": "\(error)"])
                if let since, since + configuration.unreachableMax <= .now { giveUp() }
                if queue.withLock({ $0.isStopping && !$0.hasWork }) { return }
                try? await Task.sleep(for: configuration.retryDelay)
            }
        }
    }

    /// Carries out batch after batch until the writer stops; throws when the connection is of no more use.
    private func serve(on connection: isolated Connection, reached: () -> Void) throws {
        while let entries = nextBatch() {
            let doubtCount = doubt.withLock { $0?.answers.count }
            do {
                // What is in doubt was the first of a batch that went one by one: so it has to go on.
                if let doubtCount, doubtCount != entries.count {
                    try carryOutOneByOne(entries, on: connection)
                } else {
                    try carryOut(entries, on: connection)
                }
            } catch let refused as Refused {
                if entries.count == 1 || refused.concernsAll {
                    for entry in entries { entry.answer(.failure(refused.reason)) }
                } else {
                    // Something the database would not take: the others of the batch have nothing to do with it.
                    try carryOutOneByOne(entries, on: connection)
                }
            }
            reached()
            queue.withLock { $0.finishBatch() }
        }
    }

    private func nextBatch() -> [Entry]? {
        queue.wait(until: { $0.hasWork || $0.isStopping }) { queue in
            if !queue.underWay.isEmpty { return queue.underWay }
            if queue.waitingCount == 0 { return nil }
            return queue.takeBatch(startsBatch: handler.wantsFreshBatch)
        }
    }

    private func carryOutOneByOne(_ entries: [Entry], on connection: isolated Connection) throws {
        for (index, entry) in entries.enumerated() {
            do {
                try carryOut([entry], on: connection)
            } catch let refused as Refused {
                entry.answer(.failure(refused.reason))
            }
            queue.withLock { $0.keepUnderWay(last: entries.count - index - 1) }
        }
    }

    private func carryOut(_ entries: [Entry], on connection: isolated Connection) throws {
        let start = ContinuousClock.now
        let commands = entries.map(\.command)
        let inDoubt = doubt.withLock { $0 }
        var loading = Batch("log_open")
        handler.load(commands, into: &loading)
        let decided: BatchInDoubt<Handler.Answer>?
        if inDoubt == nil, loading.count == 0, let guess = memory.withLock({ $0.guess() }) {
            decided =
                try takeShortWay(commands, guess, on: connection) ?? takeLongWay(entries, nil, loading, on: connection)
        } else {
            decided = try takeLongWay(entries, inDoubt, loading, on: connection)
        }
        guard let decided else { return }
        memory.withLock { $0.head = decided.head }
        metrics.batchSeconds.observe((ContinuousClock.now - start).inSeconds)
        metrics.batchCommands.observe(Double(entries.count))
        conclude(decided, entries)
    }

    /// One round trip, for commands that have nothing to read: the events follow the head that we remember, and the
    /// transaction fails at its first statement where another node has appended since. Nil then.
    private func takeShortWay(
        _ commands: [Handler.Command], _ guess: (head: LogHead, now: Timestamp), on connection: isolated Connection
    ) throws -> BatchInDoubt<Handler.Answer>? {
        var opening = Batch("log_append")
        opening.add("begin", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        opening.add("log_claim_head", LogStatements.claim(guess.head))
        do {
            return try refusing(on: connection) {
                try decide(commands, [], after: guess.head, now: guess.now, opening, on: connection)
            }
        } catch let refused as Refused {
            guard let error = refused.reason as? PostgresError,
                error.code == LogStatements.hasGrown || LogStatements.isTaken(error)
            else { throw refused }
            memory.withLock { $0.wasWrong() }
            return nil
        }
    }

    /// Two round trips: read under the lock, then write and commit. Nil where the batch turned out to be there already.
    private func takeLongWay(
        _ entries: [Entry], _ inDoubt: BatchInDoubt<Handler.Answer>?, _ loading: Batch,
        on connection: isolated Connection
    ) throws -> BatchInDoubt<Handler.Answer>? {
        var opening = Batch("log_open")
        opening.add("begin", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        opening.add("log_lock_head", LogStatements.lockHead)
        if let inDoubt, let first = inDoubt.events.first {
            opening.add("log_find_receipt", LogStatements.hash(at: first.position))
            let rows = try connection.run(opening)
            // The head is ours, so the transaction in doubt is over: its first event is there, or it never will be.
            if try rows[2].first?.value(0, as: SHA256Digest.self) == first.hash {
                // Should the connection be lost here, the doubt is still there, and looked into once more.
                try connection.execute("rollback", "ROLLBACK")
                doubt.withLock { $0 = nil }
                conclude(inDoubt, entries)
                return nil
            }
            doubt.withLock { $0 = nil }
            opening = Batch("log_open")
            opening.add("log_lock_head", LogStatements.lockHead)
        }
        opening.add("log_witness", LogStatements.witness)
        let ownCount = opening.count
        opening.add(contentsOf: loading)
        let rows = try open(opening, on: connection)
        let (stated, now) = try LogStatements.head(rows[ownCount - 2])
        guard let head = try LogStatements.proven(stated, rows[ownCount - 1]) else {
            throw try refusal(on: connection)
        }
        memory.withLock { $0.learn(head, now) }
        return try refusing(on: connection) {
            try decide(
                entries.map(\.command), rows[ownCount...], after: head, now: now, Batch("log_append"), on: connection)
        }
    }

    /// Looks closer at a head that does not name the last event.
    private func refusal(on connection: isolated Connection) throws -> Refused {
        let end = try LogEnd.read(on: connection)
        try connection.execute("rollback", "ROLLBACK")
        memory.withLock { $0.wasWrong() }
        // Only who holds the lock can have changed it since.
        let fault = end.fault ?? .otherHash(position: end.head.position)
        logger.error("the log cannot be appended to", ["fault": "\(fault)", "advice": fault.advice])
        return Refused(CommandWriterError.brokenEnd(fault))
    }

    /// What time the events get.
    private func time(after head: LogHead, databaseTime: Timestamp) throws(CommandWriterError) -> Timestamp {
        // Whoever brings a clock knows what it says.
        if let clock = configuration.clock { return clock.now() }
        let fault = ClockFault.find(
            after: head, databaseTime: databaseTime, here: configuration.localClock.now(),
            tolerance: configuration.clockTolerance)
        if let fault { throw .wrongClock(fault) }
        return databaseTime
    }

    /// - Parameter opening: what goes before the events; where it is empty, a transaction is open already.
    private func decide(
        _ commands: [Handler.Command], _ loaded: ArraySlice<Rows>, after head: LogHead, now: Timestamp,
        _ opening: Batch,
        on connection: isolated Connection
    ) throws -> BatchInDoubt<Handler.Answer> {
        var log = Appending(after: head, now: try time(after: head, databaseTime: now))
        var projections = Batch("log_append")
        let answers = try handler.decide(commands, loaded, on: connection, &log, into: &projections)
        precondition(answers.count == commands.count, "a handler answers every command")
        let decided = BatchInDoubt(answers: answers, events: log.events, head: log.head)
        if decided.events.isEmpty {
            if opening.count == 0 { try connection.execute("rollback", "ROLLBACK") }
        } else {
            doubt.withLock { $0 = decided }
            try connection.run(Self.append(decided, after: head, opening, projections))
            doubt.withLock { $0 = nil }
        }
        return decided
    }

    /// Reads what the batch needs. What the database would not answer is the fault of one of the commands, unless it was
    /// one of our own statements: that one will do when the database does.
    private func open(_ opening: Batch, on connection: isolated Connection) throws -> [Rows] {
        do throws(PostgresError) {
            return try connection.run(opening)
        } catch {
            if error.isConnectionLost || Self.ownStatements.contains(error.query ?? "") { throw error }
            try connection.execute("rollback", "ROLLBACK")
            throw Refused(error)
        }
    }

    /// A batch that did not happen, though the database is well.
    private struct Refused: Error {
        let reason: any Error

        init(_ reason: any Error) { self.reason = reason }

        /// Whether it would be the same for any command.
        var concernsAll: Bool { reason is CommandWriterError }
    }

    private func refusing<Result>(on connection: isolated Connection, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as PostgresError where error.isConnectionLost {
            throw error
        } catch {
            try connection.execute("rollback", "ROLLBACK")
            doubt.withLock { $0 = nil }
            throw Refused(error)
        }
    }

    private static func append(
        _ decided: BatchInDoubt<Handler.Answer>, after head: LogHead, _ opening: Batch, _ projections: Batch
    ) -> Batch {
        var batch = opening
        if let partitions = LogStatements.makePartitions(from: head.position, to: decided.head.position) {
            batch.add("log_make_partition", partitions)
        }
        batch.add("log_insert", LogStatements.insert(decided.events))
        batch.add(contentsOf: projections)
        batch.add("log_move_head", LogStatements.move(to: decided.head))
        batch.add("log_notify", LogStatements.notify(decided.head))
        batch.add("commit", "COMMIT")
        return batch
    }

    private func conclude(_ decided: BatchInDoubt<Handler.Answer>, _ entries: [Entry]) {
        if !decided.events.isEmpty {
            metrics.events.increment(by: UInt64(decided.events.count))
            metrics.position.set(Double(decided.head.position))
            handler.committed()
            committed(decided.events)
        }
        for (entry, answer) in zip(entries, decided.answers) { entry.answer(answer) }
    }

    /// Tells everyone who waits that the database stays away.
    private func giveUp() {
        let wasSent = doubt.withLock { doubt in
            defer { doubt = nil }
            return doubt != nil
        }
        let (underWay, waiting) = queue.withLock { queue in
            defer { queue.finishBatch() }
            return (queue.underWay, queue.takeAll())
        }
        for entry in underWay { entry.answer(.failure(wasSent ? CommandWriterError.outcomeUnknown : .unavailable)) }
        for entry in waiting { entry.answer(.failure(CommandWriterError.unavailable)) }
    }
}
