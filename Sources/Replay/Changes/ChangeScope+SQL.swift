import EventLog
import Postgres
import System

/// The scope as conditions on the log. COPY takes no parameters, so values are quoted constants.
extension ChangeScope {
    /// What the events fulfil that are looked for.
    var events: SQL {
        var conditions: [SQL] = [
            "position > \(unsafeSQL: String(after)) AND position <= \(unsafeSQL: String(upTo))"
        ]
        if !types.isEmpty {
            conditions.append("category IN (\(types.map { "\(literal: $0)" as SQL }.joined(by: ", ")))")
        }
        if !entities.isEmpty { conditions.append("stream = ANY(\(literals: entities))") }
        if let actor { conditions.append("meta->>'actor' = \(literal: actor)") }
        if let correlation { conditions.append("meta->>'correlation' = \(literal: correlation.description)") }
        if let command { conditions.append("meta->>'command' = \(literal: command.description)") }
        return conditions.joined(by: " AND ")
    }

    /// Reads every event of the streams, from their first, so that the fold tells each state.
    ///
    /// - Parameter streams: the streams, where they are few; nil to let the server find them.
    func reader(of streams: [UUID]?) -> StreamReader {
        let which: SQL =
            streams.map { "stream = ANY(\(literals: $0))" }
            ?? "stream IN (SELECT stream FROM log.events WHERE \(events))"
        return StreamReader(upTo: upTo, where: which, metaWhere: "position > \(unsafeSQL: String(after))")
    }
}
