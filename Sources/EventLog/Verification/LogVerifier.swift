import Cryptography
public import Postgres
import Synchronization
import System

/// Computes the hash of every event again and says whether the log is what was written.
///
///     let result = try await LogVerifier(pool: pool).verify { count in progress.report(count) }
///     if let fault = result.fault { … }
///
/// It reads in parallel, each range on its own connection, and keeps nobody from writing.
public struct LogVerifier: Sendable {
    /// The limits of a verification.
    public struct Configuration: Sendable {
        /// Ranges verified at the same time; default one for each core. Each takes a connection.
        public var workers = Machine.coreCount
        /// Positions in one range.
        public var rangeLength = 50_000

        public init() {}
    }

    let reader: EventReader
    private let pool: PostgresPool
    private let configuration: Configuration

    public init(pool: PostgresPool, configuration: Configuration = .init()) {
        self.pool = pool
        self.configuration = configuration
        reader = EventReader(pool: pool)
    }

    /// - Parameters:
    ///   - first: default from the start of the log. What is before it is believed.
    ///   - last: default to the end of the log as it is now.
    ///   - expectedHead: a head noted down earlier, which this log has to contain. Only so is it seen that an end was cut
    ///     off cleanly, or everything written again.
    ///   - progress: told how many events are verified, from any thread, some times a second.
    public func verify(
        from first: Int = 1, to last: Int? = nil, expectedHead: StatedHead? = nil,
        progress: @escaping @Sendable (_ verifiedCount: Int) -> Void = { _ in }
    ) async throws -> LogVerification {
        let end = try await LogEnd.read(from: pool)
        let head = end.head
        let start = max(1, first)
        let range = start...max(start, last ?? head.position)
        var findings: [RangeCheck.Finding] = []
        var count = 0
        if start <= head.position || last != nil {
            (findings, count) = try await check(range, progress)
        }
        var faults: [LogFault] = []
        if let finding = findings.min(by: { $0.position < $1.position }) {
            faults.append(try await name(finding, among: findings, head))
        }
        if last == nil || last == head.position { faults += faultsOfEnd(end) }
        if let expectedHead, let fault = try await fault(against: expectedHead, head) { faults.append(fault) }
        // Of several at one position the first is the one that looked closest.
        let earliest = faults.enumerated().min { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
        return LogVerification(
            range: range, verifiedCount: count, head: head, lead: end.lead, fault: earliest?.element,
            foreignEvents: try await ForeignEvents.find(in: pool, range))
    }

    private func check(
        _ range: ClosedRange<Int>, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> (findings: [RangeCheck.Finding], count: Int) {
        let ranges = stride(from: range.lowerBound, through: range.upperBound, by: configuration.rangeLength).map {
            $0...min(range.upperBound, $0 + configuration.rangeLength - 1)
        }
        let count = Tally()
        let findings = try await withThrowingTaskGroup(of: [RangeCheck.Finding].self) { group in
            var waiting = ranges.makeIterator()
            var findings: [RangeCheck.Finding] = []
            func begin() {
                guard let next = waiting.next() else { return }
                let isFirst = next.lowerBound == range.lowerBound
                group.addTask { try await check(next, isFirst: isFirst) { progress(count.add($0)) } }
            }
            for _ in 0..<max(1, configuration.workers) { begin() }
            while let found = try await group.next() {
                findings += found
                begin()
            }
            return findings
        }
        return (Self.joined(findings), count.value)
    }

    private func check(
        _ range: ClosedRange<Int>, isFirst: Bool, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> [RangeCheck.Finding] {
        try await pool.withConnection { connection in
            var previous: SHA256Digest? = LogHead.start.hash
            var time = LogHead.start.recordedAt
            if range.lowerBound > 1 {
                let before = try connection.query("log_before", LogStatements.event(before: range.lowerBound))
                previous = nil
                if let (hash, recordedAt) = try before.first?.decode([UInt8].self, Timestamp.self) {
                    (previous, time) = (SHA256Digest(hash), recordedAt)
                }
            }
            var check = try RangeCheck(range, after: previous, recordedAt: time)
            try connection.copyOut("log_verify", EventRows.copyOut(range)) { batch in
                batch.forEachRow { check.take($0) }
                progress(batch.count)
            }
            check.finish()
            // Between ranges the range before has noticed; before the first nobody else does.
            let isCut = isFirst && previous == nil
            return (isCut ? [.missing(range.lowerBound - 1...range.lowerBound - 1)] : []) + check.findings
        }
    }

    /// What is missing across ranges is one gap.
    private static func joined(_ findings: [RangeCheck.Finding]) -> [RangeCheck.Finding] {
        var joined: [RangeCheck.Finding] = []
        for finding in findings.sorted(by: { $0.position < $1.position }) {
            if case .missing(let gap) = finding, case .missing(let before) = joined.last,
                before.upperBound + 1 == gap.lowerBound
            {
                joined[joined.count - 1] = .missing(before.lowerBound...gap.upperBound)
            } else {
                joined.append(finding)
            }
        }
        return joined
    }
}

/// Counts from many threads.
private final class Tally: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add(_ number: Int) -> Int { count.wrappingAdd(number, ordering: .relaxed).newValue }
}
