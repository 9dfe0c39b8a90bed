import Cryptography
public import EventLog
import Postgres

/// Looks up single events of a backup. Keeps the segments that it has read.
struct EventLookup {
    private let reader: BackupReader
    private var segments: [Int: Rows] = [:]

    private struct Rows {
        let batch: CopyBatch
        /// Where each row begins, and where the last ends.
        let bounds: [Int]

        init(_ batch: CopyBatch) {
            self.batch = batch
            var bounds = [0]
            batch.forEachRow { bounds.append(bounds[bounds.count - 1] + $0.count) }
            self.bounds = bounds
        }
    }

    init(_ reader: BackupReader) { self.reader = reader }

    /// Whether the history has that very event at its position, which proves that everything before it is the same too.
    mutating func has(_ head: LogHead) async throws -> Bool {
        if head.position == 0 { return true }
        return try await look(at: head.position) { EventRows.hash(of: $0) } == head.hash
    }

    /// The command that the event belongs to; nil where that is not said, or where there is no such event.
    mutating func command(at position: Int) async throws -> String? {
        try await look(at: position) { EventRows.command(of: $0) }
    }

    private mutating func look<Value>(at position: Int, _ body: (Span<UInt8>) -> Value?) async throws -> Value? {
        guard let place = reader.segments(upTo: position).last, place.segment.range.contains(position) else {
            return nil
        }
        let first = place.segment.range.lowerBound
        if segments[first] == nil { segments[first] = Rows(try await reader.read(place).rows) }
        guard let rows = segments[first], rows.bounds.count > position - first + 1 else { return nil }
        return body(rows.batch.bytes.span.extracting(rows.bounds[position - first]..<rows.bounds[position - first + 1]))
    }
}

extension BackupReader {
    /// The position, where a command ends there.
    ///
    /// - Throws: ``InsideCommand``; ``BackupError`` where the backup ends before it.
    public func commandEnd(at position: Int) async throws -> CommandEnd {
        guard position <= head.position else {
            throw BackupError(
                .notFound, "The backup ends at position \(head.position), before \(position).",
                advice: "Choose an earlier point, or a later backup.")
        }
        if position == 0 || position == head.position { return CommandEnd(knownAt: position) }
        var lookup = EventLookup(self)
        guard let command = try await lookup.command(at: position),
            try await lookup.command(at: position + 1) == command
        else { return CommandEnd(knownAt: position) }
        var (first, last) = (position, position + 1)
        while first > 1, try await lookup.command(at: first - 1) == command { first -= 1 }
        while last < head.position, try await lookup.command(at: last + 1) == command { last += 1 }
        throw InsideCommand(position: position, before: first - 1, after: last)
    }

    /// Its own end: a transaction holds whole commands.
    public var end: CommandEnd { CommandEnd(knownAt: head.position) }
}
