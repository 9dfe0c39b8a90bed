import System

/// What a writer remembers of the head, so that it can try to append without asking first.
struct HeadMemory: Sendable {
    /// Where the log ended after this writer's last transaction.
    var head: LogHead?
    /// The database's time when it was last asked, and ours at that moment: in between ours tells it.
    private var asked: (time: Timestamp, at: ContinuousClock.Instant)?
    private var wrongUntil: ContinuousClock.Instant?

    /// After that long the database is asked for its time again.
    private static let timeAgeMax: Duration = .seconds(1)
    /// For so long another node is taken to be writing too, and guessing to be in vain.
    private static let wrongPause: Duration = .milliseconds(100)

    mutating func learn(_ head: LogHead, _ time: Timestamp) {
        self.head = head
        asked = (time, .now)
    }

    mutating func wasWrong() {
        head = nil
        wrongUntil = .now + Self.wrongPause
    }

    /// The head that the next event is likely to follow, and the database's time; nil where the database has to be asked.
    func guess() -> (head: LogHead, now: Timestamp)? {
        let now = ContinuousClock.now
        guard let head, let asked, now - asked.at < Self.timeAgeMax, wrongUntil.map({ $0 < now }) ?? true else {
            return nil
        }
        return (head, asked.time + (now - asked.at))
    }
}
