public import System

/// A clock that is so far off that events would get a wrong time, which stays for good.
public enum ClockFault: Sendable, Hashable, CustomStringConvertible {
    /// The last event is dated later than it is now.
    case behindLog(position: Int, recordedAt: Timestamp, now: Timestamp)
    /// The database's clock is ahead of this machine's.
    case databaseAhead(database: Timestamp, here: Timestamp)

    /// - Parameters:
    ///   - last: the last event.
    ///   - databaseTime: the database's clock.
    ///   - here: this machine's clock.
    public static func find(
        after last: LogHead, databaseTime: Timestamp, here: Timestamp, tolerance: Duration
    ) -> ClockFault? {
        if last.recordedAt - databaseTime > tolerance {
            return .behindLog(position: last.position, recordedAt: last.recordedAt, now: databaseTime)
        }
        return databaseTime - here > tolerance ? .databaseAhead(database: databaseTime, here: here) : nil
    }

    public var description: String {
        switch self {
        case .behindLog(let position, let recordedAt, let now):
            """
            The last event, at position \(position), is dated \(recordedAt), and the database's clock says \(now). \
            Times in the log never go back, so whatever is written now would be dated there too.
            """
        case .databaseAhead(let database, let here):
            "The database's clock says \(database), this machine's \(here)."
        }
    }

    /// What to do next, as a sentence.
    public var advice: String {
        switch self {
        case .behindLog(let position, _, _):
            """
            Set the clock right, if it is slow. If the event was dated wrongly, restore to before it (lifeos backup restore \
            --to \(position - 1)), or have changes dated like it until then: set LIFEOS_CLOCK_TOLERANCE to more than that.
            """
        case .databaseAhead: "Set the clock right that is wrong."
        }
    }
}
