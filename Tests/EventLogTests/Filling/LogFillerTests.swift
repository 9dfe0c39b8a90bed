import Cryptography
import Postgres
import System
import TestSupport
import Testing

@testable import EventLog

/// One after the other: each wants connections to several databases.
@Suite(.serialized) struct LogFillerTests {
    /// A source with so many events and an empty log beside it, whose partitions are small.
    private func withLogs(
        _ count: Int, partition size: Int? = nil,
        _ body: (_ source: LogFixture, _ target: LogFixture) async throws -> Void
    ) async throws {
        try await LogFixture.with { source in
            try await source.fill(count)
            try await LogFixture.with { target in
                if let size { try await target.setPartitionSize(size) }
                try await body(source, target)
            }
        }
    }

    @Test(arguments: [1, 299, 300, 301, 1_000])
    func aFilledLogIsTheSameLog(count: Int) async throws {
        try await withLogs(count, partition: 300) { source, target in
            let told = Journal<Int>()
            let head = try await source.reader.head()
            let filled = try await LogFiller(pool: target.pool).fill(
                upTo: count, expecting: head.hash, from: source.reader.rows(1...count)
            ) { told.write([$0]) }
            #expect(filled == head)
            #expect(try await target.reader.head() == head)
            #expect(try await target.allEvents() == source.allEvents())
            let verification = try await LogVerifier(pool: target.pool).verify()
            #expect(verification.isSound && verification.verifiedCount == count)
            #expect(told.entries.last == count)
            #expect(try await target.partitions().count == (count + 299) / 300 + 1)
        }
    }

    @Test func itsPartitionsAreLikeThoseOfALogThatGrew() async throws {
        try await withLogs(250, partition: 100) { source, target in
            _ = try await LogFiller(pool: target.pool).fill(upTo: 250, from: source.reader.rows(1...250))
            try await target.pool.execute("grow", "SELECT log.make_partition(301)")
            let shapes = try await target.shapes()
            #expect(shapes.count == 5)
            #expect(
                Set(shapes.map { $0.replacing(/\d{6}/, with: "N").replacing(/\d+'/, with: "N'") }).count == 1,
                "\(shapes)")
            let indexCount = try #require(shapes.first).split(separator: "INDEX").count - 1
            #expect(indexCount == 5)
            await #expect(throws: PostgresError.self) {
                try await target.pool.execute("hurt", "DELETE FROM log.events_000001")
            }
        }
    }

    @Test func aFilledLogGoesOn() async throws {
        try await withLogs(50) { source, target in
            _ = try await LogFiller(pool: target.pool).fill(upTo: 37, from: source.reader.rows(1...50))
            try await target.withWriter { writer in
                let total = try await writer.submit(.init(stream: .stream(1), wish: .add(2)))
                #expect(total.position == 38)
            }
            let verification = try await LogVerifier(pool: target.pool).verify()
            #expect(verification.isSound && verification.verifiedCount == 38)
            let both = (try await target.allEvents(), try await source.allEvents())
            #expect(both.0.prefix(37) == both.1.prefix(37))
        }
    }

    @Test func aFilledLogIsAnotherOneAndKnowsWhichItContinues() async throws {
        try await withLogs(50) { source, target in
            // Databases of tests are copies of one.
            try await target.pool.execute("anew", LogStatements.beginAnew)
            let (first, second) = (
                try await source.reader.identity().identity, try await target.reader.identity().identity
            )
            #expect(first.id != second.id)
            let filler = LogFiller(pool: target.pool)
            let predecessor = LogPredecessor(log: first.id, position: 37)
            let head = try await filler.fill(upTo: 37, continuing: predecessor, from: source.reader.rows(1...50))
            #expect(try await target.reader.identity().identity == LogIdentity(id: second.id, predecessor: predecessor))
            // Whoever has seen it meanwhile is not to take what comes for the same.
            try await filler.takeBack(head)
            let third = try await target.reader.identity().identity
            #expect(third.id != second.id && third.predecessor == nil)
        }
    }

    @Test func nothingIsAlsoALog() async throws {
        try await withLogs(0) { source, target in
            let head = try await LogFiller(pool: target.pool).fill(upTo: 0, from: source.reader.rows(1...1))
            #expect(head == .start)
            try await target.fill(3)
            #expect(try await target.allEvents().count == 3)
        }
    }

    @Test func aLogThatHoldsSomethingIsNotTouched() async throws {
        try await withLogs(20) { source, target in
            try await target.fill(1)
            await #expect(throws: LogFillError.notEmpty(head: 1)) {
                try await LogFiller(pool: target.pool).fill(upTo: 20, from: source.reader.rows(1...20))
            }
            #expect(try await target.reader.head().position == 1)
        }
    }

    @Test func anotherEndThanPromisedLeavesNothing() async throws {
        try await withLogs(20) { source, target in
            let before = try await target.everything()
            let wrong = SHA256.hash("wrong")
            for (last, hash) in [(21, SHA256Digest?.none), (20, wrong), (0, wrong)] {
                await #expect(throws: LogFillError.self) {
                    try await LogFiller(pool: target.pool).fill(
                        upTo: last, expecting: hash, from: source.reader.rows(1...25))
                }
            }
            #expect(try await target.everything() == before)
            try await target.fill(2)
        }
    }

    @Test func rowsThatWereTamperedWithLeaveNothing() async throws {
        var random = SeededRandom.forTest()
        try await withLogs(200) { source, target in
            let before = try await target.everything()
            var whole: [UInt8] = []
            for try await batch in source.reader.rows(1...200) { whole += batch.bytes }
            for _ in 0..<Effort.rounds(40) {
                var bytes = whole
                switch Int.random(in: 0..<3, using: &random) {
                case 0:
                    bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
                default:
                    let start = Int.random(in: 0..<bytes.count - 40, using: &random)
                    bytes.removeSubrange(start..<start + Int.random(in: 1...40, using: &random))
                }
                let damaged = bytes
                await #expect(throws: (any Error).self) {
                    let rows = Batches([try CopyBatch(checking: damaged)])
                    try await LogFiller(pool: target.pool).fill(upTo: 200, from: rows)
                }
            }
            #expect(try await target.everything() == before)
            let rows = Batches([try CopyBatch(checking: whole)])
            #expect(try await LogFiller(pool: target.pool).fill(upTo: 200, from: rows).position == 200)
        }
    }

    @Test func aSourceThatFailsLeavesNothing() async throws {
        struct Torn: Error {}
        try await withLogs(600, partition: 100) { source, target in
            let before = try await target.everything()
            var batches: [CopyBatch] = []
            for try await batch in source.reader.rows(1...600) { batches.append(batch) }
            let torn = Batches(Array(batches.dropLast()), failure: Torn())
            await #expect(throws: Torn.self) { try await LogFiller(pool: target.pool).fill(upTo: 600, from: torn) }
            let stuck = Batches(Array(batches.dropLast()), hangs: true)
            let filling = Task { try await LogFiller(pool: target.pool).fill(upTo: 600, from: stuck) }
            try await eventually("the rows that are there were taken") { stuck.isHanging }
            filling.cancel()
            await #expect(throws: (any Error).self) { try await filling.value }
            #expect(try await target.everything() == before)
        }
    }
}

/// Rows that come from memory.
private final class Batches: AsyncSequence, Sendable {
    private let left: Lock<ArraySlice<CopyBatch>>
    private let failure: (any Error)?
    private let hangs: Bool
    private let hanging = Lock(false)
    var isHanging: Bool { hanging.withLock { $0 } }

    init(_ batches: [CopyBatch], failure: (any Error)? = nil, hangs: Bool = false) {
        left = Lock(batches[...])
        self.failure = failure
        self.hangs = hangs
    }

    struct Iterator: AsyncIteratorProtocol {
        let batches: Batches

        func next() async throws -> CopyBatch? {
            if let batch = batches.left.withLock({ $0.popFirst() }) { return batch }
            if let failure = batches.failure { throw failure }
            guard batches.hangs else { return nil }
            batches.hanging.withLock { $0 = true }
            let (never, end) = AsyncStream<Void>.makeStream()
            for await _ in never {}
            end.finish()
            throw CancellationError()
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(batches: self) }
}

extension LogFixture {
    /// So that a short log has several partitions.
    fileprivate func setPartitionSize(_ size: Int) async throws {
        try await pool.withConnection { connection in
            try connection.runScript(
                "small",
                unsafeSQL: """
                    CREATE OR REPLACE FUNCTION log.partition_size() RETURNS bigint LANGUAGE sql IMMUTABLE
                        AS $$ SELECT \(size)::bigint $$;
                    """)
        }
    }

    fileprivate func partitions() async throws -> [String] {
        try await pool.query(
            "partitions",
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'log.events'::regclass ORDER BY 1"
        ).decode(String.self)
    }

    /// Columns, constraints, indexes and triggers of each partition, with whether the index belongs to one of the log.
    fileprivate func shapes() async throws -> [String] {
        try await pool.query(
            "shapes",
            """
            SELECT (SELECT string_agg(concat(attname, atttypid, attstorage, attnotnull), ' ' ORDER BY attnum)
                    FROM pg_attribute WHERE attrelid = p.inhrelid AND attnum > 0)
                || (SELECT string_agg(concat(contype, pg_get_constraintdef(oid)), ' '
                        ORDER BY pg_get_constraintdef(oid))
                    FROM pg_constraint WHERE conrelid = p.inhrelid)
                || (SELECT string_agg(concat(pg_get_indexdef(indexrelid), indisprimary, indisvalid,
                        EXISTS (SELECT FROM pg_inherits WHERE inhrelid = indexrelid)), ' '
                        ORDER BY pg_get_indexdef(indexrelid))
                    FROM pg_index WHERE indrelid = p.inhrelid)
                || (SELECT string_agg(pg_get_triggerdef(oid), ' ') FROM pg_trigger WHERE tgrelid = p.inhrelid)
            FROM pg_inherits AS p WHERE p.inhparent = 'log.events'::regclass ORDER BY p.inhrelid::regclass::text
            """
        ).decode(String.self)
    }

    /// Whatever a filling could have left behind.
    fileprivate func everything() async throws -> [String] {
        try await pool.query(
            "everything",
            """
            SELECT oid::text || relname FROM pg_class WHERE relnamespace = 'log'::regnamespace
            UNION ALL SELECT position::text FROM log.events UNION ALL SELECT head::text FROM log.head ORDER BY 1
            """
        ).decode(String.self)
    }
}
