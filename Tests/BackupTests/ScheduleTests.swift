import Backup
import System
import TestSupport
import Testing

@Suite struct ScheduleTests {
    private static let text = "full daily 03:00, incremental hourly, drill weekly"

    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    @Test func aScheduleIsReadAsItIsWritten() throws {
        let schedule = try BackupSchedule(Self.text)
        #expect(schedule.rhythms[.full] == .daily(secondsOfDay: 10_800))
        #expect(schedule.rhythms[.incremental] == .hourly(minute: 0))
        #expect(schedule.rhythms[.drill] == .weekly(day: 0, secondsOfDay: 14_400))
        #expect("\(schedule)" == "full daily 03:00, incremental hourly, drill weekly sunday 04:00")
        #expect(try BackupSchedule("\(schedule)") == schedule)
        let other = try BackupSchedule(" Incremental  hourly :05 ,drill weekly Friday 23:59")
        #expect("\(other)" == "incremental hourly :05, drill weekly friday 23:59")
        for wrong in [
            "", "full", "full yearly", "ful daily", "full daily 24:00", "full daily 3", "full daily, full hourly",
            "drill weekly noday 04:00", "incremental hourly 15", "full daily 03:00 04:00",
        ] {
            #expect(throws: BackupScheduleProblem.self, "\(wrong)") { try BackupSchedule(wrong) }
        }
    }

    @Test func whatWasNeverDoneIsDueAtOnce() throws {
        let now = try time("2026-11-21T12:34:00Z")
        let agenda = try BackupSchedule(Self.text).agenda(done: [:], now: now, in: .utc)
        #expect(agenda.map(\.work) == [.full, .incremental, .drill])
        #expect(agenda.allSatisfy { $0.isDue && $0.last == nil })
        #expect(
            agenda.map(\.next) == [
                try time("2026-11-21T03:00:00Z"), try time("2026-11-21T12:00:00Z"),
                try time("2026-11-15T04:00:00Z"),
            ])
    }

    @Test func aFullBackupDoesForAnIncrementalOne() throws {
        let now = try time("2026-11-21T12:34:00Z")
        let schedule = try BackupSchedule(Self.text)
        let agenda = schedule.agenda(
            done: [.full: try time("2026-11-21T12:10:00Z"), .drill: try time("2026-11-16T00:00:00Z")], now: now,
            in: .utc)
        #expect(agenda.allSatisfy { !$0.isDue })
        #expect(
            agenda.map(\.next) == [
                try time("2026-11-22T03:00:00Z"), try time("2026-11-21T13:00:00Z"),
                try time("2026-11-22T04:00:00Z"),
            ])
    }

    @Test func whatFailedIsTriedAgainAfterAWhile() throws {
        let schedule = try BackupSchedule("full daily 03:00")
        func isDue(_ now: String, tried: String) throws -> Bool {
            schedule.agenda(done: [:], tried: [.full: try time(tried)], now: try time(now), in: .utc)[0].isDue
        }
        #expect(try !isDue("2026-11-21T03:05:00Z", tried: "2026-11-21T03:00:00Z"))
        #expect(try isDue("2026-11-21T03:15:00Z", tried: "2026-11-21T03:00:00Z"))
        // What failed yesterday does not keep today's waiting.
        #expect(try isDue("2026-11-21T03:00:00Z", tried: "2026-11-21T02:59:00Z"))
    }

    /// Whoever looks every minute does each as often as its time comes, also when clocks are changed.
    @Test func eachIsDoneOnceWheneverItsTimeComes() throws {
        var random = SeededRandom.forTest()
        let start = try time("2026-03-20T00:00:00Z")
        let change = try time("2026-03-29T01:00:00Z").microsecondsSinceEpoch / 1_000_000
        let zones = [Zone.utc, Zone { $0 < change ? 3_600 : 7_200 }, Zone { _ in -12_600 }]
        for zone in zones {
            let schedule = BackupSchedule([
                .full: .daily(secondsOfDay: Int64.random(in: 0..<1_440, using: &random) * 60),
                .incremental: .hourly(minute: Int64.random(in: 0..<60, using: &random)),
                .drill: .weekly(
                    day: Int64.random(in: 0..<7, using: &random),
                    secondsOfDay: Int64.random(in: 0..<1_440, using: &random) * 60),
            ])
            var counts: [BackupSchedule.Work: Int] = [:]
            var done = Dictionary(uniqueKeysWithValues: BackupSchedule.Work.allCases.map { ($0, start) })
            for minute in 1...(21 * 1_440) {
                let now = start + .seconds(60 * minute)
                for item in schedule.agenda(done: done, now: now, in: zone) {
                    #expect(item.isDue ? item.next <= now : item.next > now)
                    guard item.isDue else { continue }
                    #expect(item.next == now || item.work == .incremental, "\(item) at \(now)")
                    done[item.work] = now
                    counts[item.work, default: 0] += 1
                }
            }
            #expect(counts[.full] == 21 && counts[.drill] == 3, "\(counts)")
            // Full ones count as well.
            #expect(try 504 - 21...504 ~= #require(counts[.incremental]), "\(counts)")
        }
    }
}
