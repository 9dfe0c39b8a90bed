public import Cryptography
public import Entities
public import EventLog
import JSON
import Postgres
public import System

/// Writes a part of the audit trail with the proof that it is what the log has: every event's hash can be computed again from
/// the export alone. Only a page of it is in memory at any time.
public struct AuditExport: Sendable {
    /// The limits of an export.
    public struct Configuration: Sendable {
        /// So many events are in memory at once.
        public var pageLength: Int
        /// Where no index helps, so many positions are looked through by one statement.
        public var windowLength: Int

        public init(pageLength: Int = 100, windowLength: Int = 20_000) {
            self.pageLength = pageLength
            self.windowLength = windowLength
        }
    }

    /// What came of it.
    public struct Result: Sendable {
        public let head: ExportHead
        public let count: Int
        /// Of all bytes before the last record.
        public let digest: SHA256Digest
    }

    private let service: EntityService
    private let wallClock: any WallClock
    private let configuration: Configuration

    public init(
        _ service: EntityService, wallClock: any WallClock = SystemWallClock(), configuration: Configuration = .init()
    ) {
        self.service = service
        self.wallClock = wallClock
        self.configuration = configuration
    }

    /// - Parameters:
    ///   - filter: bounded by its range.
    ///   - asked: who wants it, and why; the export is itself recorded.
    ///   - recording: whether there is one where it cannot be recorded. Default not.
    ///   - progress: told how far along the range it is.
    ///   - write: takes the bytes, in order.
    public func run(
        _ filter: AuditFilter, _ format: ExportFormat, askedBy asked: EventMeta,
        recording: Operation.Recording = .required, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        to write: ([UInt8]) async throws -> Void
    ) async throws -> Result {
        let head = try await head(filter, format)
        return try await Operation(service, askedBy: asked).run(
            .init(
                "audit_export", "Export of the audit trail",
                parameters: [
                    "format": .string(format.rawValue), "first": .integer(head.first), "last": .integer(head.last),
                    "filter": head.filter,
                ]),
            telling: { ["events": .integer($0.count), "sha256": .string($0.digest.hex)] },
            whenStopped: "Whoever wanted it went away, or stopped it.", recording: recording
        ) { try await export(filter, head, $0, progress, write) }
    }

    private func head(_ filter: AuditFilter, _ format: ExportFormat) async throws -> ExportHead {
        let head = try await EventReader(pool: service.pool).head()
        let last = min(filter.upTo ?? head.position, head.position)
        let after = min(filter.after, last)
        let known = try await hashes(at: [after, last])
        guard let previous = known[after], let lastHash = known[last] else { throw Incomplete(position: last) }
        return ExportHead(
            format: format, madeAt: wallClock.now(), first: after + 1, last: last,
            filter: try JSONValue(parsing: filter.encoded()), previousHash: previous, lastHash: lastHash,
            head: StatedHead(head))
    }

    /// The log lacks what it cannot lack.
    public struct Incomplete: Error, Sendable, CustomStringConvertible {
        public let position: Int
        public var description: String { "The log has no event at \(position). Run `lifeos log verify`." }
    }

    private func export(
        _ filter: AuditFilter, _ head: ExportHead, _ operation: Operation, _ progress: (Int, Int) -> Void,
        _ write: ([UInt8]) async throws -> Void
    ) async throws -> Result {
        var writer = try ExportWriter(head)
        try await write(writer.begin())
        let (events, audit) = (EventReader(pool: service.pool), AuditReader(pool: service.pool))
        var position = head.first - 1
        var last = head.previousHash
        while position < head.last {
            try operation.checkCancellation()
            let upTo = filter.isIndexed ? head.last : min(head.last, position + configuration.windowLength)
            let page = try await events.page(
                filter.events(after: position, upTo: upTo), limit: configuration.pageLength)
            let names = try await audit.names(page.events)
            let before = try await hashes(at: Self.unknownPredecessors(page.events, after: position))
            var bytes: [UInt8] = []
            for event in page.events {
                let previous = event.position == position + 1 ? last : before[event.position - 1]
                guard let previous else { throw Incomplete(position: event.position - 1) }
                bytes += writer.row(ExportRow(event: event, name: names[event.position], previousHash: previous))
                (position, last) = (event.position, event.hash)
            }
            if !page.isFull {
                // Whatever follows is not known to follow the last event.
                if position < upTo { last = try await hashes(at: [upTo])[upTo] ?? .zero }
                position = upTo
            }
            if !bytes.isEmpty { try await write(bytes) }
            progress(position - head.first + 1, head.last - head.first + 1)
        }
        let (bytes, digest) = writer.end()
        try await write(bytes)
        return Result(head: head, count: writer.count, digest: digest)
    }

    /// The positions before events whose predecessor is not there.
    private static func unknownPredecessors(_ page: [Event], after position: Int) -> [Int] {
        var unknown: [Int] = []
        var known = position
        for event in page {
            if event.position != known + 1 { unknown.append(event.position - 1) }
            known = event.position
        }
        return unknown
    }

    private func hashes(at positions: [Int]) async throws -> [Int: SHA256Digest] {
        var hashes: [Int: SHA256Digest] = [0: .zero]
        let wanted = positions.filter { $0 > 0 }.map { Int64($0) }
        if wanted.isEmpty { return hashes }
        let rows = try await service.pool.query(
            "log_hashes", "SELECT position, hash FROM log.events WHERE position = ANY(\(wanted))")
        for (position, hash) in try rows.decode(Int64.self, SHA256Digest.self) { hashes[Int(position)] = hash }
        return hashes
    }
}

extension ExportRow {
    init(event: Event, name: String?, previousHash: SHA256Digest) {
        self.event = event
        self.name = name
        self.previousHash = previousHash
    }
}
