import Cryptography
import EventLog
import JSON
import System
import TestSupport
import Testing

@testable import Replay

/// Exports made of a chain in memory, and what becomes of them in the wrong hands.
@Suite struct ExportTests {
    /// A chain of events with all kinds of texts in them.
    private static func chain(_ count: Int, _ random: inout SeededRandom) -> [Event] {
        var appending = AppendBuffer(after: .start, now: Timestamp(microsecondsSinceEpoch: 1_795_241_434_000_000))
        let names = ["Ada", "=SUM(A1)", "O\"Hara, Zoë", "two\r\nlines", "-", "", "🪴", "'=quoted"]
        for number in 1...count {
            var meta = EventMeta(
                actor: names.randomElement(using: &random) ?? "", command: UUID(high: 7, low: UInt64(number)))
            if Bool.random(using: &random) { meta.reason = names.randomElement(using: &random) }
            if Bool.random(using: &random) { meta.client = "127.0.0.1" }
            let data: JSONObject = [
                "name": .string(names.randomElement(using: &random) ?? ""), "age": .integer(number),
            ]
            appending.append(
                EventDraft(
                    stream: UUID(high: 1, low: UInt64(number % 5)), version: number / 5 + 1, category: "character",
                    type: number < 5 ? "character.created" : "character.updated", schemaVersion: 1,
                    // Written as nobody would write it, and hashed so.
                    data: Array(" \(JSONValue.object(data)) ".utf8), meta: meta.encoded()))
        }
        return appending.events
    }

    private static func head(
        _ events: [Event], _ format: ExportFormat, _ range: ClosedRange<Int>, _ filter: JSONValue
    ) -> ExportHead {
        ExportHead(
            format: format, madeAt: Timestamp(microsecondsSinceEpoch: 1_795_255_200_000_000), first: range.lowerBound,
            last: range.upperBound, filter: filter,
            previousHash: range.lowerBound == 1 ? .zero : events[range.lowerBound - 2].hash,
            lastHash: events[range.upperBound - 1].hash,
            head: StatedHead(position: events.count, hash: events[events.count - 1].hash))
    }

    /// The records of an export, the last one being its end.
    private static func records(
        _ events: [Event], _ format: ExportFormat, _ range: ClosedRange<Int>, filter: JSONValue = [:],
        wanted: (Event) -> Bool = { _ in true }
    ) throws -> [[UInt8]] {
        var writer = try ExportWriter(head(events, format, range, filter))
        var records = [writer.begin()]
        for event in events where range.contains(event.position) && wanted(event) {
            let previous = event.position == 1 ? .zero : events[event.position - 2].hash
            records.append(writer.row(ExportRow(event: event, name: "=Ada", previousHash: previous)))
        }
        records.append(writer.end().bytes)
        return records
    }

    private static func verify(_ bytes: [UInt8], stated: StatedHead? = nil, pieces: Int = 97) throws
        -> ExportVerification
    {
        var verifier = try ExportVerifier(stated: stated)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            verifier.take(Array(bytes[start..<min(bytes.count, start + pieces)]))
        }
        return verifier.finish()
    }

    @Test(arguments: ExportFormat.allCases)
    func anExportThatNobodyTouchedIsSound(_ format: ExportFormat) throws {
        var random = SeededRandom.forTest()
        let events = Self.chain(20, &random)
        for range in [1...20, 1...1, 7...13, 20...20] {
            for pieces in [13, 1 << 20] {
                let bytes = try Self.records(events, format, range).flatMap { $0 }
                let result = try Self.verify(bytes, pieces: pieces)
                #expect(result.faults == [])
                #expect(result.isComplete)
                #expect(result.eventCount == range.count)
                #expect(result.linkCount == range.count)
                #expect(result.limits.count == (range.upperBound == 20 ? 2 : 3))
            }
        }
        let some = try Self.records(events, format, 5...18, filter: ["actor": "Ada"]) { $0.position % 3 != 0 }
        let selection = try Self.verify(some.flatMap { $0 })
        #expect(selection.faults == [])
        #expect(!selection.isComplete)
        #expect(selection.limits.contains { $0.contains("a selection") })
    }

    /// Whatever is done to its bytes at random: it is noticed.
    @Test(arguments: ExportFormat.allCases)
    func anyByteThatWasChangedIsFound(_ format: ExportFormat) throws {
        var random = SeededRandom.forTest()
        let events = Self.chain(3, &random)
        let whole = try Self.records(events, format, 1...3).flatMap { $0 }
        for _ in 0..<Effort.rounds(250) {
            let index = Int.random(in: 0..<whole.count, using: &random)
            var bytes = whole
            bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let isSound = try Self.verify(bytes, pieces: 1 << 20).isSound
            #expect(!isSound, "byte \(index)")
        }
        for _ in 0..<Effort.rounds(100) {
            var bytes = whole
            let (one, other) = (
                Int.random(in: 0..<whole.count, using: &random), Int.random(in: 0..<whole.count, using: &random)
            )
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeSubrange(min(one, other)...max(one, other))
            case 1: bytes = Array(bytes[..<one])
            case 2: bytes.insert(contentsOf: whole[min(one, other)...max(one, other)], at: one)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: one)
            }
            if bytes == whole { continue }
            let isSound = try Self.verify(bytes).isSound
            #expect(!isSound)
        }
    }

    /// Someone who knows the form, and makes the digest at the end anew, still cannot change an event.
    @Test(arguments: ExportFormat.allCases)
    func aCarefulForgerIsFoundByTheChain(_ format: ExportFormat) throws {
        var random = SeededRandom.forTest()
        let events = Self.chain(20, &random)
        func forged(_ change: (inout [Event]) -> Void) throws -> Set<ExportVerification.Fault.Kind> {
            var writer = try ExportWriter(Self.head(events, format, 1...20, [:]))
            var bytes = writer.begin()
            var changed = events
            change(&changed)
            for event in changed {
                let previous = event.position == 1 ? .zero : events[event.position - 2].hash
                bytes += writer.row(ExportRow(event: event, name: nil, previousHash: previous))
            }
            bytes += writer.end().bytes
            return Set(try Self.verify(bytes).faults.map(\.kind))
        }
        #expect(try forged { _ in } == [])
        #expect(try forged { $0[7] = $0[7].with(data: Array("{}".utf8)) } == [.changed])
        #expect(try forged { $0[7] = $0[7].with(meta: $0[8].meta) }.contains(.changed))
        #expect(try forged { $0[7] = $0[7].with(hash: .zero) }.contains(.broken))
        #expect(try forged { $0.remove(at: 7) } == [.missing])
        #expect(try forged { $0.removeLast() } == [.missing])
        #expect(try forged { $0.removeFirst(3) } == [.missing])
        #expect(try forged { $0.swapAt(3, 4) }.contains(.disordered))
        #expect(try forged { $0.insert($0[3], at: 4) }.contains(.disordered))
    }

    /// What people read is not hashed, but has to be what the event says.
    @Test func aColumnForPeopleCannotSaySomethingElse() throws {
        var random = SeededRandom.forTest()
        let events = Self.chain(5, &random)
        var bytes = try Self.records(events, .jsonl, 1...5)
        let text = String(decoding: bytes[2], as: UTF8.self)
        bytes[2] = Array(text.replacing(#""verb":"created""#, with: #""verb":"archived""#).utf8)
        let result = try Self.verify(bytes.flatMap { $0 })
        #expect(result.faults.map(\.kind) == [.misleading, .incomplete])
        #expect(result.faults.first?.record == 3)
    }

    /// A whole log made anew is only seen by what was noted down before.
    @Test func anotherLogIsSeenByTheStatedHeadAlone() throws {
        var random = SeededRandom.forTest()
        let (events, others) = (Self.chain(9, &random), Self.chain(9, &random))
        let bytes = try Self.records(events, .csv, 3...6).flatMap { $0 }
        for position in 2...6 {
            let own = try Self.verify(bytes, stated: StatedHead(position: position, hash: events[position - 1].hash))
            #expect(own.isSound && own.matchesStatedHead == true)
            let other = try Self.verify(bytes, stated: StatedHead(position: position, hash: others[position - 1].hash))
            #expect(other.faults.map(\.kind) == [.rewritten])
        }
        let elsewhere = try Self.verify(bytes, stated: StatedHead(position: 1, hash: others[0].hash))
        #expect(elsewhere.isSound && elsewhere.matchesStatedHead == nil)
    }

    @Test func whatIsNoExportIsSaidToBeNone() throws {
        for text in ["", "a,b\r\n", "{}\n", "{\"lifeos_audit_export\":2}\n", "\"never closed", "\0\0"] {
            let result = try Self.verify(Array(text.utf8))
            #expect(result.faultCount == 1, "\(text)")
            #expect(result.head == nil)
        }
    }
}

extension Event {
    fileprivate func with(data: [UInt8]? = nil, meta: [UInt8]? = nil, hash: SHA256Digest? = nil) -> Event {
        Event(
            position: position, recordedAt: recordedAt, stream: stream, version: version, category: category,
            type: type,
            schemaVersion: schemaVersion, data: data ?? self.data, meta: meta ?? self.meta, hash: hash ?? self.hash)
    }
}
