import Cryptography
import Postgres
import System
import Telemetry

/// The session of the database that a writer works in.
struct LogSession: Sendable {
    let processID: Int
    let startedAt: Timestamp
}

/// A batch that was sent to be committed, until it is known whether it was.
struct BatchInDoubt<Answer: Sendable>: Sendable {
    /// To the first of the commands under way.
    let answers: [Result<Answer, any Error>]
    let events: [Event]
    let head: LogHead
    let session: LogSession
}

/// How batches are carried out.
extension CommandWriter {
    typealias Entry = CommandQueue<Handler>.Entry

    private static var ownStatements: [String] {
        ["begin", "log_lock_head", "log_witness", "log_end_former", "log_find_receipt"]
    }

    /// Carries out batch after batch until the writer stops; throws when it has to be tried again, possibly on another
    /// connection.
    func serve(on connection: isolated Connection, reached: () -> Void) throws {
        let (processID, startedAt) = try connection.query("log_session", LogStatements.ownSession).only(
            Int.self, Timestamp.self)
        let session = LogSession(processID: processID, startedAt: startedAt)
        while let entries = nextBatch() {
            var left = entries[...]
            // After a refusal so many go one by one: the others of the batch have nothing to do with it.
            var aloneCount = 0
            while !left.isEmpty {
                let count = doubt.withLock { $0?.answers.count } ?? (aloneCount > 0 ? 1 : left.count)
                var doneCount = 1
                watch.begin(session.processID)
                do {
                    doneCount = try carryOut(Array(left.prefix(count)), in: session, on: connection)
                } catch let refused as Refused {
                    if let trouble = refused.trouble {
                        note(trouble)
                        logger.error("the database cannot take events", ["error": "\(refused.reason)"])
                    }
                    if refused.concernsAll {
                        doneCount = count
                    } else if count > 1 {
                        aloneCount = count
                        continue
                    }
                    for entry in left.prefix(doneCount) { entry.answer(.failure(refused.reason)) }
                }
                watch.end()
                reached()
                aloneCount = max(0, aloneCount - doneCount)
                left = left.dropFirst(doneCount)
                queue.withLock { $0.keepUnderWay(last: left.count) }
            }
        }
    }

    private func nextBatch() -> [Entry]? {
        queue.wait(until: { $0.hasWork || $0.isStopping }) { queue in
            if !queue.underWay.isEmpty { return queue.underWay }
            if queue.waitingCount == 0 { return nil }
            return queue.takeBatch(startsBatch: handler.wantsFreshBatch)
        }
    }

    /// - Returns: how many of the entries were answered, from the first on.
    private func carryOut(
        _ entries: [Entry], in session: LogSession, on connection: isolated Connection
    ) throws -> Int {
        do {
            return try carryOutOnce(entries, in: session, on: connection)
        } catch let refused as Refused where (refused.reason as? PostgresError)?.isStatementStale == true {
            // A table was changed under a prepared statement, which is forgotten by now.
            return try carryOutOnce(entries, in: session, on: connection)
        }
    }

    private func carryOutOnce(
        _ entries: [Entry], in session: LogSession, on connection: isolated Connection
    ) throws -> Int {
        let start = ContinuousClock.now
        let commands = entries.map(\.command)
        let inDoubt = doubt.withLock { $0 }
        var loading = Batch("log_open")
        handler.load(commands, into: &loading)
        var decided: BatchInDoubt<Handler.Answer>?
        if inDoubt == nil, loading.count == 0, let guess = memory.withLock({ $0.guess() }) {
            decided = try takeShortWay(commands, guess, in: session, on: connection)
        }
        if decided == nil {
            decided = try takeLongWay(commands, inDoubt, loading, in: session, on: connection)
        }
        // Nil where the batch turned out to be there already.
        guard let done = decided ?? inDoubt else { preconditionFailure("what is not decided was in doubt") }
        if decided != nil {
            memory.withLock { $0.head = done.head }
            metrics.batchSeconds.observe((ContinuousClock.now - start).inSeconds)
            metrics.batchCommands.observe(Double(done.answers.count))
        }
        conclude(done, entries)
        return done.answers.count
    }

    /// One round trip, for commands that have nothing to read: the events follow the head that we remember, and the
    /// transaction fails at its first statement where another node has appended since. Nil then.
    private func takeShortWay(
        _ commands: [Handler.Command], _ guess: (head: LogHead, now: Timestamp), in session: LogSession,
        on connection: isolated Connection
    ) throws -> BatchInDoubt<Handler.Answer>? {
        var opening = Batch("log_append")
        opening.add("begin", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        opening.add("log_claim_head", LogStatements.claim(guess.head))
        do {
            return try refusing(on: connection) {
                try decide(commands, [], after: guess.head, now: guess.now, opening, in: session, on: connection)
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
        _ commands: [Handler.Command], _ inDoubt: BatchInDoubt<Handler.Answer>?, _ loading: Batch,
        in session: LogSession, on connection: isolated Connection
    ) throws -> BatchInDoubt<Handler.Answer>? {
        var opening = Batch("log_open")
        opening.add("begin", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        opening.add("log_lock_head", LogStatements.lockHead)
        if let inDoubt, let first = inDoubt.events.first {
            opening.add("log_end_former", LogStatements.end(inDoubt.session))
            opening.add("log_find_receipt", LogStatements.hash(at: first.position))
            let rows = try connection.run(opening)
            if try rows[2].first?.value(0, as: Bool.self) == false { throw FormerSessionLives() }
            // The head is ours and the former session is gone, so the transaction in doubt is over: its first event is
            // there, or it never will be.
            if try rows[3].first?.value(0, as: SHA256Digest.self) == first.hash {
                // Should the connection be lost here, the doubt is still there, and looked into once more.
                try connection.execute("rollback", "ROLLBACK")
                doubt.withLock { $0 = nil }
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
                commands, rows[ownCount...], after: head, now: now, Batch("log_append"), in: session, on: connection)
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
        _ opening: Batch, in session: LogSession, on connection: isolated Connection
    ) throws -> BatchInDoubt<Handler.Answer> {
        var log = AppendBuffer(after: head, now: try time(after: head, databaseTime: now))
        var projections = Batch("log_append")
        let answers = try handler.decide(commands, loaded, on: connection, &log, into: &projections)
        precondition((1...commands.count).contains(answers.count), "a handler answers the first commands")
        let decided = BatchInDoubt(answers: answers, events: log.events, head: log.head, session: session)
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
            if Self.isForAnotherTry(error) || Self.ownStatements.contains(error.query ?? "") { throw error }
            try connection.execute("rollback", "ROLLBACK")
            throw Refused(error)
        }
    }

    /// Whether the same batch may well succeed soon: the fault is none of its commands'.
    static func isForAnotherTry(_ error: PostgresError) -> Bool {
        error.isConnectionLost
            || [.lockNotAvailable, .deadlockDetected, .serializationFailure].contains(error.code)
    }

    /// The session that a batch in doubt was sent to does not end, so it may still be committed.
    private struct FormerSessionLives: Error, CustomStringConvertible {
        var description: String { "the session that a batch was sent to does not end" }
    }

    /// A batch that did not happen, though the database is well.
    private struct Refused: Error {
        let reason: any Error

        init(_ reason: any Error) { self.reason = reason }

        /// What the database is short of, whatever it was asked.
        var trouble: PostgresError.Trouble? { (reason as? PostgresError)?.trouble }

        /// Whether it would be the same for any command.
        var concernsAll: Bool { trouble != nil || reason is CommandWriterError }
    }

    private func refusing<Result>(on connection: isolated Connection, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as PostgresError where error.isConnectionLost {
            throw error
        } catch {
            try connection.execute("rollback", "ROLLBACK")
            doubt.withLock { $0 = nil }
            if let error = error as? PostgresError, Self.isForAnotherTry(error) { throw error }
            if (error as? PostgresError)?.code == LogStatements.isSuperseded {
                superseded()
                throw Refused(CommandWriterError.superseded)
            }
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
            note(nil)
            metrics.events.increment(by: UInt64(decided.events.count))
            metrics.position.set(Double(decided.head.position))
            handler.committed()
            committed(decided.events)
        }
        for (entry, answer) in zip(entries, decided.answers) { entry.answer(answer) }
    }
}
