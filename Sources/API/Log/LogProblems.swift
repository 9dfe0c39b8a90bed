import EventLog
import HTTPServer
import JSON

/// What is said to those who know another log, or come from a place that this one has not reached.
enum LogProblems {
    static func anotherLog(_ place: Problem.Field.Place, _ log: LogIdentity, head: Int) -> Problem {
        Problem(
            "another_log", at: place, log, head: head,
            "Your position or cursor belongs to another log; this is the log \(log.id). \(advice(log, head))")
    }

    static func beyondHead(_ place: Problem.Field.Place, _ log: LogIdentity, head: Int) -> Problem {
        Problem(
            "beyond_head", at: place, log, head: head,
            "The log \(log.id) ends at position \(head). If your position belongs to another log: \(advice(log, head))")
    }

    private static func advice(_ log: LogIdentity, _ head: Int) -> String {
        guard let predecessor = log.predecessor else {
            return "Start again from the beginning; its positions are 1 to \(head)."
        }
        let name = predecessor.log.map { "the log \($0)" } ?? "the log that it continues"
        return
            "Start again from the beginning, or from position \(predecessor.position), up to which it is the same as \(name)."
    }
}

extension Problem {
    fileprivate init(_ code: Code, at place: Field.Place, _ log: LogIdentity, head: Int, _ sentence: String) {
        self.init(.conflict, code, sentence, fields: [.init(place, code, sentence)])
        members = log.members.map { (name: $0.key, value: $0.value) }
        members.append((name: "head", value: .integer(head)))
    }
}

extension LogIdentity {
    /// Which log it is, and what it continues, as clients are told.
    var members: KeyValuePairs<String, JSONValue> {
        guard let predecessor else { return ["log": .string(id.description)] }
        let named: JSONValue = predecessor.log.map { .string($0.description) } ?? .null
        return [
            "log": .string(id.description),
            "predecessor": ["log": named, "position": .integer(predecessor.position)],
        ]
    }
}
