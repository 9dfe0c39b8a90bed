internal import Glibc

/// Tells what the clocks and calendars on the wall show at a moment.
public struct Zone: Sendable {
    private let offset: @Sendable (_ secondsSinceEpoch: Int64) -> Int64

    /// - Parameter offset: by how many seconds the clocks are ahead of UTC at a moment.
    public init(offset: @escaping @Sendable (_ secondsSinceEpoch: Int64) -> Int64) { self.offset = offset }

    public static let utc = Zone { _ in 0 }

    /// That of this process: what `TZ` says, else the machine's own.
    public static let ofThisProcess: Zone = {
        // Once is enough: nothing here changes TZ.
        tzset()
        return Zone { seconds in
            var moment = time_t(seconds)
            var parts = unsafe tm()
            // Fails only for years that no calendar has.
            guard unsafe localtime_r(&moment, &parts) != nil else { return 0 }
            return unsafe Int64(parts.tm_gmtoff)
        }
    }()

    /// What they show then.
    public func wall(at moment: Timestamp) -> WallTime {
        let seconds = Self.floor(moment.microsecondsSinceEpoch, 1_000_000)
        let local = seconds + offset(seconds)
        let days = Self.floor(local, 86_400)
        return WallTime(date: Civil(daysSinceEpoch: days), secondsOfDay: local - days * 86_400)
    }

    /// When they show this. Of two moments, where clocks were set back, the first; where they were set forward over it, as
    /// much later as they were set.
    public func moment(of wall: WallTime) -> Timestamp {
        let local = wall.date.daysSinceEpoch * 86_400 + wall.secondsOfDay
        // No zone is a day away from UTC, and none changes twice within two days.
        let (before, after) = (offset(local - 86_400), offset(local + 86_400))
        let seconds = [before, after].map { local - $0 }.first { $0 + offset($0) == local } ?? local - before
        return Timestamp(microsecondsSinceEpoch: seconds * 1_000_000)
    }

    private static func floor(_ number: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}

/// What a calendar and a clock on the wall show.
public struct WallTime: Sendable, Hashable {
    public var date: Civil
    public var secondsOfDay: Int64

    public init(date: Civil, secondsOfDay: Int64) {
        self.date = date
        self.secondsOfDay = secondsOfDay
    }
}
