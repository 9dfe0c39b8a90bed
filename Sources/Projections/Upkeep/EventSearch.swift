import Postgres

/// Finds out whether the log has certain events, each question once.
final class EventSearch {
    private var known: [EventQuestion: Bool] = [:]

    func answer(_ question: EventQuestion, on connection: isolated Connection) throws -> Bool {
        if let answer = known[question] { return answer }
        var sql: SQL = "SELECT EXISTS (SELECT FROM log.events WHERE category = \(question.category)"
        if let verbs = question.verbs {
            sql = "\(sql) AND type = ANY(\(verbs.map { "\(question.category).\($0)" }))"
        }
        let answer = try connection.query("log_has_events", "\(sql))").only(Bool.self)
        known[question] = answer
        return answer
    }
}
