/// What went wrong between here and PostgreSQL, in words that say what to do next.
///
/// Branch on ``code``; show ``description`` to people. SQL text and parameters never appear in it.
public struct PostgresError: Error, Sendable, Equatable {
    /// A SQLSTATE of the server, or one of the few codes of this library for what the server never saw.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        init(_ rawValue: String) { self.rawValue = rawValue }
    }

    public var code: Code
    public var message: String
    /// The server's longer explanation, such as the key that was doubled.
    public var detail: String?
    /// What to do about it: the server's hint, or ours.
    public var hint: String?
    /// The name of the query that failed.
    public var query: String?
    /// The constraint that was violated, where one was.
    public var constraint: String?
    /// The table the error is about, where there is one.
    public var table: String?
    /// The connection is gone; the pool replaces it.
    public var isConnectionLost = false
    /// The connection was lost after something had been sent, so the server may or may not have carried it out.
    ///
    /// Look up whether it happened before doing it again.
    public var isOutcomeUnknown = false

    public init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// The transaction lost a race, or met a statement that has to be prepared again, and may succeed when it is run again.
    public var isWorthRetrying: Bool {
        code == .serializationFailure || code == .deadlockDetected || isStatementStale
    }

    /// What was prepared no longer fits its tables, or is gone. It is forgotten by now: another try prepares it again.
    ///
    /// Hazard: a statement that asks for what PostgreSQL does not support has the same code, so try again only once.
    public var isStatementStale: Bool { code == .planChanged || code == .statementMissing }

    func named(_ query: QueryName) -> PostgresError {
        var named = self
        if named.query == nil { named.query = query.text }
        return named
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        var text = query.map { "query \($0): " } ?? ""
        text += "\(message) (\(code.rawValue))"
        if let detail { text += "; \(detail)" }
        if let hint { text += "; \(hint)" }
        return text
    }
}

extension PostgresError.Code {
    public static let connectionRefused = Self("08001")
    public static let connectionLost = Self("08006")
    public static let notNullViolation = Self("23502")
    public static let foreignKeyViolation = Self("23503")
    public static let uniqueViolation = Self("23505")
    public static let checkViolation = Self("23514")
    public static let serializationFailure = Self("40001")
    public static let deadlockDetected = Self("40P01")
    public static let syntaxError = Self("42601")
    public static let undefinedTable = Self("42P01")
    public static let duplicateTable = Self("42P07")
    public static let diskFull = Self("53100")
    public static let configurationLimitExceeded = Self("53400")
    public static let lockNotAvailable = Self("55P03")
    public static let queryCanceled = Self("57014")
    public static let adminShutdown = Self("57P01")
    /// A statement was sent after an earlier one had failed the transaction, or such a transaction was to be committed.
    public static let transactionFailed = Self("25P02")
    static let planChanged = Self("0A000")
    static let statementMissing = Self("26000")

    /// The task was cancelled; the statement was stopped or never sent.
    public static let cancelled = Self("cancelled")
    /// The statement ran longer than ``Connection/statementTimeout`` and was stopped.
    public static let statementTimeout = Self("statement_timeout")
    /// No connection became free in time.
    public static let poolTimeout = Self("pool_timeout")
    /// More callers wait for a connection than the pool's limit allows.
    public static let poolOverloaded = Self("pool_overloaded")
    public static let poolClosed = Self("pool_closed")
    /// A value is not what the caller asked to decode.
    public static let decoding = Self("decoding")
    /// A call broke a rule of this library, such as a limit or the order of calls.
    public static let usage = Self("usage")
}
