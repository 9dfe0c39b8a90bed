import EventLog
import System
import TestSupport
import Testing

/// A node has one clock, which it is given.
@Suite struct NodeClockTests {
    @Test func readinessGoesByTheClockOfItsNode() async throws {
        for (lead, status) in [(Duration.zero, 200), (.seconds(-3 * 3_600), 503)] {
            var writer = CommandWriterConfiguration()
            writer.localClock = ScriptedWallClock(SystemWallClock().now() + lead)
            try await Studio.with(checks: nil, writer: writer) { studio in
                let answer = try await studio.client(token: nil).get("/health/ready")
                let text = String(decoding: answer.bytes, as: UTF8.self)
                #expect(answer.status == status, "\(text)")
                #expect(text.contains("Nothing can be changed until that is put right") == (status == 503), "\(text)")
            }
        }
    }
}
