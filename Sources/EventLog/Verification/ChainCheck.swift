import Cryptography
public import Postgres

/// Follows the chain along ``EventRows`` that come in order, and stops at the first that is not what was written.
///
///     var check = try ChainCheck(after: .start)
///     for batch in batches { try check.take(batch) }
///     guard check.head.hash == promised else { … }
public struct ChainCheck: ~Copyable {
    private var rows: RangeCheck
    /// The last event that was taken.
    public private(set) var head: LogHead

    /// - Parameter head: the event before the first; ``LogHead/start`` for a whole log.
    public init(after head: LogHead) throws {
        self.head = head
        rows = try RangeCheck(head.position + 1...Int.max, after: head.hash, recordedAt: head.recordedAt)
    }

    /// - Throws: ``LogFault``.
    public mutating func take(_ batch: CopyBatch) throws {
        batch.forEachRow { rows.take($0) }
        if let finding = rows.findings.first { throw LogFault(finding) }
        guard batch.count > 0, let hash = rows.previous else { return }
        head = LogHead(position: head.position + batch.count, hash: hash, recordedAt: rows.recordedAt)
    }
}

extension LogFault {
    /// What can be told from the rows alone.
    fileprivate init(_ finding: RangeCheck.Finding) {
        switch finding {
        case .mismatch(let position):
            self.init(
                position: position, kind: .edited,
                explanation: "The event at \(position) does not give its hash after that of \(position - 1).")
        case .missing(let gap):
            self.init(
                position: gap.lowerBound, kind: .deleted,
                explanation: gap.count == 1
                    ? "Position \(gap.lowerBound) is missing."
                    : "Positions \(gap.lowerBound) to \(gap.upperBound) are missing.")
        case .duplicate(let position):
            self.init(position: position, kind: .duplicated, explanation: "Position \(position) is there twice.")
        case .earlier(let position): self.init(earlierAt: position)
        }
    }

    init(earlierAt position: Int) {
        self.init(
            position: position, kind: .timeDecreased,
            explanation: "The event at \(position) is dated earlier than the one before.")
    }
}
