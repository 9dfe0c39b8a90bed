import API
import HTTPServer

/// A part of what a node does. It says itself what it brings; nothing else has to know of it.
struct Room: Sendable {
    /// Declares what is open to everyone.
    var open: @Sendable (inout Router) -> Void = { _ in }
    /// Declares what those reach who are signed in, and what needs neither the log nor the tables.
    var always: @Sendable (inout Router) -> Void = { _ in }
    /// Declares what needs the log, and no tables.
    var log: @Sendable (inout Router) -> Void = { _ in }
    /// Declares what needs the tables: it is answered once they are up to date, and only to those who are signed in.
    var routes: @Sendable (inout Router) -> Void = { _ in }
    /// What readiness looks at.
    var checks: [HealthCheck] = []
    /// Begins what is done without being asked.
    var start: @Sendable () -> Void = {}
    /// Finishes what was begun, while the log can still be written.
    var stop: @Sendable () async -> Void = {}
}

extension Room {
    /// All of them, in the order in which they start. They stop in reverse.
    static let all: [@Sendable (Premises) throws -> Room] = [
        health, entities, log, operations, access, projections, replay, audit, backups, console,
    ]
}
