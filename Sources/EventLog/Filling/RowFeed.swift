import Postgres

/// Verifies rows and hands them out in pieces that end where a partition does.
///
/// On the thread that writes: while it computes hashes, the server has enough to do with what it was given.
struct RowFeed<Rows: AsyncIteratorProtocol>: ~Copyable where Rows.Element == CopyBatch {
    private var rows: Rows
    private let last: Int
    private var check: ChainCheck
    /// Verified, but not handed out yet.
    private var waiting: CopyBatch?
    /// The position of its first row.
    private var first = 1

    /// The last event that was verified.
    var head: LogHead { check.head }

    init(_ rows: Rows, upTo last: Int) throws {
        self.rows = rows
        self.last = last
        check = try ChainCheck(after: .start)
    }

    /// The position that comes next; nil at the end.
    mutating func nextPosition(isolation: isolated (any Actor)? = #isolation) async throws -> Int? {
        try await look() ? first : nil
    }

    /// Rows up to that position; nil when there are no more of them.
    mutating func next(upTo end: Int, isolation: isolated (any Actor)? = #isolation) async throws -> CopyBatch? {
        guard try await look(), first <= end, let batch = waiting else { return nil }
        let room = end - first + 1
        if batch.count <= room {
            waiting = nil
            first += batch.count
            return batch
        }
        let (now, later) = batch.split(after: room)
        waiting = later
        first += now.count
        return now
    }

    /// Whether there is something to hand out.
    private mutating func look(isolation: isolated (any Actor)? = #isolation) async throws -> Bool {
        while waiting == nil, check.head.position < last, var batch = try await rows.next(isolation: isolation) {
            let room = last - check.head.position
            if batch.count > room { batch = batch.split(after: room).0 }
            try check.take(batch)
            if batch.count > 0 { waiting = batch }
        }
        return waiting != nil
    }
}
