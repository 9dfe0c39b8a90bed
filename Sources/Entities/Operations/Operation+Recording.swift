import EventLog
import JSON
import Postgres

extension Operation {
    /// What becomes of work whose record cannot be written to the log.
    public enum Recording: Sendable {
        /// It does not begin.
        case required
        /// It is carried out, as what rescues has to be: a backup, an export. Its record is written at its end instead; where
        /// that is not possible either, `unrecorded` is told why.
        ///
        /// - Parameter obstacle: what is known beforehand to keep the record from being written.
        case optional(obstacle: (any Error)? = nil, unrecorded: @Sendable (any Error) -> Void)

        var isOptional: Bool { if case .optional = self { true } else { false } }
    }

    /// Carries out work that need not be recorded.
    func runOptionally<Value>(
        _ brief: Brief, obstacle: (any Error)?, telling result: (Value) -> JSONObject, whenStopped: String?,
        isolation: isolated (any Actor)?, unrecorded: @Sendable (any Error) -> Void,
        _ body: (Operation) async throws -> Value
    ) async throws -> Value {
        var isBegun = false
        if obstacle == nil {
            do {
                _ = try await begin(brief, waits: true) { _ in }
                isBegun = true
            } catch let error where Self.isUnwritable(error) {
                // Once more when the work is done.
            }
        }
        let value: Value
        do { value = try await body(self) } catch {
            if isBegun { await giveUp(error, whenStopped: whenStopped) }
            throw error
        }
        do {
            if let obstacle { throw obstacle }
            if !isBegun { _ = try await begin(brief, waits: true) { _ in } }
            isBegun = true
            try await complete(result(value), done: brief.total)
        } catch {
            if isBegun { await abandon() }
            unrecorded(error)
        }
        return value
    }

    /// Lets go of an operation whose end cannot be recorded.
    private func abandon() async {
        await Task {
            await service.lifeline.releaseGroup(of: id)
            await service.lifeline.release(id)
        }.value
    }

    /// Whether nothing can be written to the log now, whatever it is.
    static func isUnwritable(_ error: any Error) -> Bool {
        switch error {
        case let error as PostgresError: error.trouble != nil || error.isConnectionLost
        case CommandWriterError.unavailable, CommandWriterError.outcomeUnknown, CommandWriterError.brokenEnd,
            CommandWriterError.wrongClock, CommandWriterError.superseded:
            true
        default: false
        }
    }
}
