public import HTTPServer

/// What is said where this node does not answer from its tables.
public enum GateProblems {
    /// - Parameter detail: what is being done, in sentences.
    public static func opening(_ detail: String, retryAfter: Duration) -> Problem {
        .serviceUnavailable(detail, retryAfter: retryAfter, code: "opening")
    }

    /// Another version has taken over the database.
    public static func superseded(retryAfter: Duration = .seconds(60)) -> Problem {
        .serviceUnavailable(
            "Another version of Life-OS has taken over this database, or one with other entity types or projections; nothing was changed. "
                + "Ask another node, or have an administrator start this one with that version.",
            retryAfter: retryAfter, code: "superseded")
    }
}
