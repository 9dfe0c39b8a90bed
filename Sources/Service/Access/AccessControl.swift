import Accounts
import Entities
import EventLog
import HTTPServer
import Recovery
import System
import Telemetry

/// Who may come in: tokens, sessions, and the record of those who tried.
struct AccessControl: Sendable {
    let sessions: Sessions
    let authentication: Authentication
    private let recorder = AccessRecorder()
    private let ended = EndedSessions()
    private let log: SignInLog

    init(_ configuration: NodeConfiguration, _ service: EntityService, _ mark: ForkMark?, logger: Logger) {
        let witness: @Sendable (Access) -> Void = { [recorder] in recorder.witness($0) }
        let limit = WrongTokenLimit()
        let log = SignInLog(service: service, logger: logger.named("sign-ins"))
        self.log = log
        sessions = Sessions(
            token: configuration.token, scope: mark?.origin.name.text, isSecure: configuration.server.tls != nil,
            ended: ended, limit: limit, witness: witness, record: { try await log.writeSignOut($0) })
        authentication = Authentication(
            token: configuration.token, sessions: sessions, limit: limit, witness: witness)
    }

    /// Reads which sessions ended before this node began to follow the log.
    func catchUp(from reader: EventReader) async throws {
        try await SignOutWatch.catchUp(ended, from: reader, now: SystemWallClock().now())
    }

    func take(_ events: [Event]) { SignOutWatch.take(events, into: ended) }

    func start() { recorder.start { [log] in await log.write($0) } }

    func stop() async { await recorder.stop() }
}
