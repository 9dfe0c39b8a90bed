import Accounts
import Catalogue
import Commands
import Entities
import EventLog
import HTTPServer
import JSON
import System
import Telemetry

/// Writes sign-ins and refusals into the log, as the category `sign_in` has them.
struct SignInLog: Sendable {
    let service: EntityService
    let logger: Logger

    func write(_ record: AccessRecorder.Record) async {
        do {
            try await append(record)
        } catch {
            logger.warning("A sign-in or refusal could not be recorded", ["error": "\(error)"])
        }
    }

    /// Records that a session was signed out, and returns once all nodes will hear of it.
    func writeSignOut(_ access: Access) async throws(Problem) {
        do {
            try await append(.one(access))
        } catch let rejection as Rejection {
            // Sending it again would not help. Here the session ends all the same.
            logger.error(
                "A sign-out ends the session on this node only: the catalogue's `sign_in` does not take it",
                ["rejection": "\(rejection)"])
        } catch {
            logger.warning("A sign-out could not be recorded", ["error": "\(error)"])
            throw .serviceUnavailable(
                "The sign-out could not be recorded, so the session is still valid.", retryAfter: .seconds(2),
                code: "database_unavailable")
        }
    }

    private func append(_ record: AccessRecorder.Record) async throws {
        guard let type = service.catalogue[type: "sign_in"] else { return }
        var meta = EventMeta(actor: Self.stranger, command: service.identifiers.next())
        let (verb, data) = Self.event(record, &meta)
        var command = EntityCommand(
            .declared(verb: verb, .object(data)), on: service.identifiers.next(), of: type, meta: meta)
        command.isFresh = true
        _ = try await service.writer.submit(command)
    }

    /// Who acts where nobody who is known does.
    private static let stranger = "anonymous"

    private static func event(
        _ record: AccessRecorder.Record, _ meta: inout EventMeta
    ) -> (verb: String, data: JSONObject) {
        switch record {
        case .one(let access):
            meta.client = access.client
            meta.requestID = access.requestID
            if let actor = access.actor { meta.actor = actor.name }
            var data: JSONObject = [
                "title": .string(title(access)), "outcome": .string(access.outcome.rawValue),
                "way": .string(access.way.rawValue),
            ]
            if let refusal = access.refusal {
                data["refusal"] = .string(refusal.rawValue)
                data["method"] = .string(access.method)
                data["path"] = .string(access.path)
            }
            if let session = access.session { data["session"] = .string(session) }
            if let agent = access.userAgent { data["user_agent"] = .string(agent) }
            return (access.outcome.rawValue, data)
        case .many(let tally):
            let refusals = tally.byRefusal.sorted { $0.key.rawValue < $1.key.rawValue }
            return (
                "refusals_counted",
                [
                    "title": .string("\(tally.count) more refusals"), "outcome": "refused",
                    "count": .integer(tally.count),
                    "since": .string(tally.since.description), "until": .string(tally.until.description),
                    "clients": .array(tally.clients.map { .string($0) }),
                    "refusals": .object(JSONObject(refusals.map { ($0.key.rawValue, .integer($0.value)) })),
                ]
            )
        }
    }

    private static func title(_ access: Access) -> String {
        switch (access.outcome, access.refusal) {
        case (.signedIn, _): "Signed in at the console"
        case (.signedOut, _): "Signed out of the console"
        case (.refused, .wrongToken): access.way == .console ? "A wrong token at the console" : "A wrong token"
        case (.refused, .forgedRequest): "A request that did not come from the console"
        case (.refused, _): "No token for \(access.method) \(access.path)".prefix(200).description
        }
    }
}
