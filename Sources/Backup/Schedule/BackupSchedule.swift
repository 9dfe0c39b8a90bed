public import System

/// What is to be done about backups, and when: `full daily 03:00, incremental hourly, drill weekly`. Pure.
public struct BackupSchedule: Sendable, Hashable, CustomStringConvertible {
    public enum Work: String, Sendable, CaseIterable {
        case full, incremental, drill
    }

    /// By the clocks on the wall, but for hours, which are of equal length everywhere.
    public enum Rhythm: Sendable, Hashable, CustomStringConvertible {
        case hourly(minute: Int64)
        case daily(secondsOfDay: Int64)
        /// Days are counted from Sunday, 0.
        case weekly(day: Int64, secondsOfDay: Int64)
    }

    /// What is said of one kind of work.
    public struct Item: Sendable, Hashable {
        public let work: Work
        public let rhythm: Rhythm
        /// When it was last done; nil for never.
        public let last: Timestamp?
        /// When it has to be done: in the past where it is due.
        public let next: Timestamp
        /// Whether it should be begun now.
        public let isDue: Bool
    }

    public let rhythms: [Work: Rhythm]
    /// What failed is tried again after this.
    public static let retryPause: Duration = .seconds(15 * 60)

    public init(_ rhythms: [Work: Rhythm]) { self.rhythms = rhythms }

    /// What is due and when, in the order in which it is to be done.
    ///
    /// - Parameters:
    ///   - done: when each was last done. A full backup does for an incremental one.
    ///   - tried: when each was last begun, however it ended.
    public func agenda(
        done: [Work: Timestamp], tried: [Work: Timestamp] = [:], now: Timestamp, in zone: Zone
    ) -> [Item] {
        Work.allCases.compactMap { work in
            guard let rhythm = rhythms[work] else { return nil }
            var last = done[work]
            if work == .incremental { last = [last, done[.full]].compactMap { $0 }.max() }
            let latest = rhythm.latest(atOrBefore: now, in: zone)
            let isOpen = last.map { $0 < latest } ?? true
            let isResting = tried[work].map { $0 >= latest && $0 + Self.retryPause > now } ?? false
            return Item(
                work: work, rhythm: rhythm, last: last, next: isOpen ? latest : rhythm.next(after: now, in: zone),
                isDue: isOpen && !isResting)
        }
    }

    public var description: String {
        Work.allCases.compactMap { work in rhythms[work].map { "\(work.rawValue) \($0)" } }.joined(separator: ", ")
    }
}

extension BackupSchedule.Rhythm {
    private static let hour: Int64 = 3_600
    private static let week: Int64 = 7

    /// The last moment up to now at which it was time.
    public func latest(atOrBefore now: Timestamp, in zone: Zone) -> Timestamp {
        if case .hourly(let minute) = self { return Self.hourly(minute, now) }
        var date = zone.wall(at: now).date.daysSinceEpoch + 1
        while true {
            if let moment = moment(on: date, in: zone), moment <= now { return moment }
            date -= 1
        }
    }

    /// The next moment at which it will be time.
    public func next(after now: Timestamp, in zone: Zone) -> Timestamp {
        if case .hourly(let minute) = self { return Self.hourly(minute, now) + .seconds(Self.hour) }
        var date = zone.wall(at: now).date.daysSinceEpoch - 1
        while true {
            if let moment = moment(on: date, in: zone), moment > now { return moment }
            date += 1
        }
    }

    /// Nil on a day that is not its own.
    private func moment(on days: Int64, in zone: Zone) -> Timestamp? {
        switch self {
        case .hourly: return nil
        case .daily(let seconds):
            return zone.moment(of: WallTime(date: Civil(daysSinceEpoch: days), secondsOfDay: seconds))
        case .weekly(let day, let seconds):
            // 1 January 1970 was a Thursday.
            guard ((days + 4) % Self.week + Self.week) % Self.week == day else { return nil }
            return zone.moment(of: WallTime(date: Civil(daysSinceEpoch: days), secondsOfDay: seconds))
        }
    }

    private static func hourly(_ minute: Int64, _ now: Timestamp) -> Timestamp {
        let microseconds: Int64 = 1_000_000
        let (length, shift) = (hour * microseconds, minute * 60 * microseconds)
        let (quotient, rest) = (now.microsecondsSinceEpoch - shift).quotientAndRemainder(dividingBy: length)
        return Timestamp(microsecondsSinceEpoch: (rest < 0 ? quotient - 1 : quotient) * length + shift)
    }

    public var description: String {
        func clock(_ seconds: Int64) -> String {
            [seconds / Self.hour, seconds % Self.hour / 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        }
        switch self {
        case .hourly(let minute): return minute == 0 ? "hourly" : "hourly :\(minute < 10 ? "0" : "")\(minute)"
        case .daily(let seconds): return "daily \(clock(seconds))"
        case .weekly(let day, let seconds): return "weekly \(BackupSchedule.days[Int(day)]) \(clock(seconds))"
        }
    }
}
