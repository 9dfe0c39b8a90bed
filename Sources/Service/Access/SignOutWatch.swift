import Accounts
import EventLog
import JSON
import System

/// Tells this node which sessions were signed out on any node: those of before it started, and those from now on.
enum SignOutWatch {
    private static let category = "sign_in"
    private static let type = "sign_in.signed_out"

    /// Reads what a session that still holds could have missed. Call it once the log is followed, so that nothing falls between the two.
    static func catchUp(_ ended: EndedSessions, from reader: EventReader, now: Timestamp) async throws {
        var filter = EventFilter()
        filter.categories = [category]
        filter.types = [type]
        filter.after = try await reader.position(at: now - Sessions.lifetime)
        while true {
            let events = try await reader.events(filter, limit: pageEventsMax)
            take(events, into: ended)
            guard events.count == pageEventsMax, let last = events.last else { return }
            filter.after = last.position
        }
    }

    static func take(_ events: [Event], into ended: EndedSessions) {
        for event in events where event.type == type {
            guard let session = (try? JSONValue(parsing: event.data))?["session"]?.string else { continue }
            // It began before it was signed out, so that it cannot hold any longer than this.
            ended.add(session, until: event.recordedAt + Sessions.lifetime)
        }
    }

    private static let pageEventsMax = 500
}
