import HTTPClient
import JSON
import System
import TestSupport
import Testing

/// Backups that nobody has to think of.
@Suite struct BackupScheduleTests {
    let folder: TemporaryFolder
    private var home: String { folder.path("home") }
    private static let schedule = ["LIFEOS_BACKUP_SCHEDULE": "full daily, incremental hourly, drill weekly"]

    private struct Ended: Error { let errors: String }

    init() throws { folder = try TemporaryFolder("schedule") }

    private func run(
        _ arguments: [String], _ environment: [String: String] = schedule
    ) async throws -> (code: Exit, lines: [JSONValue], errors: String) {
        let result = try await RunningLifeOS.run(arguments + ["--json"], home: home, environment)
        let lines = result.outputText.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        return (result.exit, lines, result.errorText)
    }

    @Test func aServerMakesThemAndTellsHowTheyStand() async throws {
        #expect(try await run(["sample", "load"], [:]).code == .code(0))
        let lifeos = try await RunningLifeOS.start(home: home, Self.schedule)
        func metrics() async throws -> String {
            String(decoding: try await lifeos.get("/metrics").body, as: UTF8.self)
        }
        try await eventually(within: .seconds(120), "a backup and a drill are told of") {
            guard lifeos.child.exit == nil else {
                throw Ended(errors: String(decoding: lifeos.child.errors, as: UTF8.self))
            }
            let text = try await metrics()
            return text.contains("\nlifeos_backup_rto_seconds ")
                && text.contains("\nlifeos_backup_last_success_timestamp_seconds ")
        }
        #expect(try await metrics().contains("\nlifeos_backup_rpo_seconds 0"))
        let agenda = try await run(["backup", "schedule"])
        #expect(agenda.lines.compactMap { $0["work"]?.string } == ["full", "incremental", "drill"])
        #expect(agenda.lines.allSatisfy { $0["is_due"] == false }, "\(agenda.lines)")
        #expect(try await run(["backup", "list"]).lines.count == 1)
        _ = try await lifeos.stop()
    }

    @Test func aTimerHasDoneWhatIsDue() async throws {
        #expect(try await run(["sample", "load"], [:]).code == .code(0))
        let before = try await run(["backup", "schedule"])
        #expect(before.lines.allSatisfy { $0["is_due"] == true })
        let done = try await run(["backup", "schedule", "--run-due"])
        #expect(done.code == .code(0), "\(done.errors)")
        let after = try await run(["backup", "schedule"])
        #expect(after.lines.allSatisfy { $0["is_due"] == false })
        let drill = try await run(["backup", "drill"])
        #expect(drill.lines.last?["rpo_seconds"] == 0, "\(drill.errors)")
        let unset = try await run(["backup", "schedule"], [:])
        #expect(unset.errors.contains("LIFEOS_BACKUP_SCHEDULE"))
        let wrong = try await run(["backup", "schedule"], ["LIFEOS_BACKUP_SCHEDULE": "full yearly"])
        #expect(wrong.code == .code(2))
        #expect(wrong.errors.contains("daily 03:00"))
    }
}
