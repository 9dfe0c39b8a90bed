public import Cryptography
public import System

/// Hashes events into a chain: the hash of each covers all of it and the hash of the one before.
///
/// What is hashed, numbers in network order: the previous hash (32 bytes), position (8), stream (16), version (8), schema
/// version (8), time in microseconds since 1970 (8); then category, type, data and meta, each after its length (4).
/// The layout is for ever: another one would need a mark in the log from where on it holds.
public struct EventHasher: Sendable {
    // Kept between events, so that a chain of any length allocates once.
    private var buffer: [UInt8] = []

    public init() { buffer.reserveCapacity(4_096) }

    /// The hash that an event with these contents has where `previous` is the hash before it.
    public mutating func hash(
        _ draft: EventDraft, position: Int, recordedAt: Timestamp, after previous: SHA256Digest
    ) -> SHA256Digest {
        buffer.removeAll(keepingCapacity: true)
        buffer.append(contentsOf: previous.bytes)
        append(UInt64(position))
        append(draft.stream.high)
        append(draft.stream.low)
        append(UInt64(draft.version))
        append(UInt64(draft.schemaVersion))
        append(UInt64(bitPattern: recordedAt.microsecondsSinceEpoch))
        append(counted: draft.category.utf8)
        append(counted: draft.type.utf8)
        append(counted: draft.data)
        append(counted: draft.meta)
        return SHA256.hash(buffer)
    }

    /// The hash that the event should have where `previous` is the hash before it.
    public mutating func hash(_ event: Event, after previous: SHA256Digest) -> SHA256Digest {
        hash(EventDraft(event), position: event.position, recordedAt: event.recordedAt, after: previous)
    }

    private mutating func append<Integer: FixedWidthInteger>(_ integer: Integer) {
        for shift in stride(from: Integer.bitWidth - 8, through: 0, by: -8) {
            buffer.append(UInt8(truncatingIfNeeded: integer >> Integer(shift)))
        }
    }

    private mutating func append(counted bytes: some Collection<UInt8>) {
        append(UInt32(bytes.count))
        buffer.append(contentsOf: bytes)
    }
}

extension EventDraft {
    public init(_ event: Event) {
        self.init(
            stream: event.stream, version: event.version, category: event.category, type: event.type,
            schemaVersion: event.schemaVersion, data: event.data, meta: event.meta)
    }
}
