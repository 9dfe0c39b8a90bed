import EventLog
import System
import TestSupport
import Testing

/// A node has one clock, which it is given.
@Suite struct NodeClockTests {
    @Test func readinessGoesByTheClockOfItsNode() async throws {
        for (lead, isWrong) in [(Duration.zero, false), (.seconds(-3 * 3_600), true)] {
            var writer = CommandWriterConfiguration()
            writer.localClock = ScriptedWallClock(SystemWallClock().now() + lead)
            try await Studio.with(checks: nil, writer: writer) { studio in
                let client = try studio.client(token: nil)
                // On a busy machine the database may not answer in time, and readiness says that instead.
                try await eventually(within: .seconds(120), "readiness has read the log") {
                    let answer = try await client.get("/health/ready")
                    let text = String(decoding: answer.bytes, as: UTF8.self)
                    if text.contains("cannot be read") || text.contains("No answer came") { return false }
                    #expect(text.contains("Nothing can be changed until that is fixed") == isWrong, "\(text)")
                    return true
                }
            }
        }
    }
}
