package import EventLog
package import System

/// What the end of the log means for those who want to change something: said at the start, by readiness and by the doctor.
package struct LogCondition {
    package enum State { case sound, odd, unusable }

    package let state: State
    /// Shown to anyone who can reach the server.
    package let sentence: String
    package let advice: String

    /// Less than this is no skew worth a word.
    private static let skewMin: Duration = .seconds(60)

    /// - Parameters:
    ///   - here: this machine's clock.
    ///   - tolerance: see ``LifeOSSettings/clockTolerance``.
    package init(_ end: LogEnd, here: Timestamp, tolerance: Duration) {
        if let fault = end.fault {
            self.init(.unusable, "\(fault) Nothing can be changed until that is fixed.", fault.advice)
            return
        }
        let last = end.proven ?? end.head
        if let fault = ClockFault.find(after: last, databaseTime: end.now, here: here, tolerance: tolerance) {
            self.init(.unusable, "\(fault) Nothing can be changed until that is fixed.", fault.advice)
        } else if let time = end.otherTime {
            self.init(
                .odd,
                "log.head says that the last event was recorded at \(end.head.recordedAt.seconds), and the event says \(time.seconds).",
                "Somebody changed log.head by hand. The next change corrects it.")
        } else if end.lead > Self.skewMin {
            self.init(
                .odd,
                "The last event is dated \(last.recordedAt.seconds), and the database's clock says \(end.now.seconds).",
                "Check the database's clock. Until it is past that time, new events get the time of the last event.")
        } else if max(end.now - here, here - end.now) > Self.skewMin {
            self.init(
                .odd, "The database's clock says \(end.now.seconds), this machine's \(here.seconds).",
                "Correct the wrong clock. Events are dated by the database's clock.")
        } else {
            self.init(.sound, "The log's head, its last event and the clock agree.", "")
        }
    }

    private init(_ state: State, _ sentence: String, _ advice: String) {
        self.state = state
        self.sentence = sentence
        self.advice = advice
    }
}
