extension PostgresError {
    /// What keeps the server itself from doing what was asked, whoever asks: nobody's statement is at fault.
    public enum Trouble: Sendable, Hashable, CaseIterable {
        /// SQLSTATE 53100.
        case diskFull
        /// The rest of class 53: memory, connections, limits of the configuration.
        case exhausted
        /// Class 58: a disk or a file fails.
        case failing
        /// 57P: it stops, starts, or was stopped.
        case stopping

        /// What is wrong, as a sentence.
        public var sentence: String {
            switch self {
            case .diskFull: "The database's disk is full."
            case .exhausted:
                "The database has run out of memory or connections, or reached a limit of its configuration."
            case .failing: "The database cannot read or write its files."
            case .stopping: "The database is stopping or starting."
            }
        }

        /// What to do next, as a sentence.
        public var advice: String {
            switch self {
            case .diskFull:
                "Free space on its disk. Reading still works, and so does `lifeos backup create` to another disk."
            case .exhausted: "Try again in a moment. If it happens again, see PostgreSQL's log, which names the limit."
            case .failing: "Back up to another disk (lifeos backup create), then see PostgreSQL's log."
            case .stopping: "Try again in a moment."
            }
        }
    }

    /// Nil where the statement was at fault, or the way to the server.
    public var trouble: Trouble? {
        let state = code.rawValue
        guard state.utf8.count == 5 else { return nil }
        if code == .diskFull { return .diskFull }
        if state.hasPrefix("53") { return .exhausted }
        if state.hasPrefix("58") { return .failing }
        return state.hasPrefix("57P") ? .stopping : nil
    }
}
