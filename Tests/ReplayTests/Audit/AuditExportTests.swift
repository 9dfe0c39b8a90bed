import Entities
import EventLog
import JSON
import Replay
import System
import TestStudio
import TestSupport
import Testing

/// Exports of a real log.
@Suite struct AuditExportTests {
    private func export(
        _ studio: Studio, _ filter: AuditFilter, _ format: ExportFormat, pageLength: Int = 7
    ) async throws -> (AuditExport.Result, ExportVerification, [UInt8]) {
        let configuration = AuditExport.Configuration(pageLength: pageLength, windowLength: 11)
        let meta = EventMeta(actor: "auditor", command: studio.service.identifiers.next())
        var bytes: [UInt8] = []
        let result = try await AuditExport(studio.service, configuration: configuration).run(
            filter, format, askedBy: meta
        ) {
            bytes += $0
        }
        var verifier = try ExportVerifier(stated: result.head.head)
        verifier.take(bytes)
        return (result, verifier.finish(), bytes)
    }

    @Test func everyRangeAndFilterIsExportedWithItsProof() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(12)
            let reader = EventReader(pool: studio.pool)
            let head = try await reader.head().position
            var random = SeededRandom.forTest()
            var filters: [AuditFilter] = [AuditFilter()]
            var archived = AuditFilter()
            archived.verbs = ["archived", "linked"]
            var characters = AuditFilter()
            characters.types = ["character", "image"]
            var nobody = AuditFilter()
            nobody.reason = ["why"]
            filters += [archived, characters, nobody]
            for filter in filters {
                for format in ExportFormat.allCases {
                    var filter = filter
                    let first = Int.random(in: 0..<head, using: &random)
                    filter.bound(after: first, upTo: Int.random(in: first...head, using: &random))
                    let (result, verification, _) = try await export(studio, filter, format)
                    #expect(verification.faults == [])
                    let page = try await AuditReader(pool: studio.pool).page(filter, limit: 500)
                    #expect(verification.eventCount == page.entries.count)
                    #expect(result.count == page.entries.count)
                    #expect(verification.isComplete || filter.isEverything == false)
                }
            }
        }
    }

    @Test func theExportItselfIsRecorded() async throws {
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(3)
            let (result, verification, bytes) = try await export(studio, AuditFilter(), .csv)
            #expect(verification.isSound && verification.isComplete && verification.matchesStatedHead == true)
            #expect(String(decoding: bytes, as: UTF8.self).contains("Jenny number1 Zoë"))
            var filter = AuditFilter()
            filter.types = ["operation"]
            let entries = try await AuditReader(pool: studio.pool).page(filter, limit: 10).entries
            #expect(entries.map(\.verb) == ["completed", "started"])
            #expect(entries.allSatisfy { $0.actor == "auditor" && $0.position > result.head.last })
        }
    }

    @Test func anExportThatNobodyWaitsForIsGivenUp() async throws {
        struct Gone: Error {}
        try await Studio.with { studio in
            try await Scribe(studio: studio).tell(3)
            let meta = EventMeta(actor: "auditor", command: studio.service.identifiers.next())
            await #expect(throws: Gone.self) {
                try await AuditExport(studio.service).run(AuditFilter(), .jsonl, askedBy: meta) { _ in throw Gone() }
            }
            var filter = AuditFilter()
            filter.types = ["operation"]
            let entries = try await AuditReader(pool: studio.pool).page(filter, limit: 10).entries
            #expect(entries.first?.verb == "failed")
        }
    }
}
