/// A value that goes to the server and comes back in binary.
public protocol PostgresValue: Sendable {
    /// The type parameters are sent as.
    static var postgresType: PostgresType { get }

    /// Writes the bytes without a length.
    func encode(into writer: inout BinaryWriter)

    /// Reads a value that is not NULL; throws ``PostgresError/Code/decoding`` when the bytes or the type do not fit.
    init(binary: RawSpan, type: PostgresType) throws(PostgresError)

    /// Whether this stands for NULL; only optionals do.
    var isNull: Bool { get }

    /// What NULL decodes to; throws by default.
    static func null() throws(PostgresError) -> Self
}

extension PostgresValue {
    public var isNull: Bool { false }

    public static func null() throws(PostgresError) -> Self {
        throw PostgresError(
            .decoding, "NULL is not a \(Self.self)", hint: "decode an optional, or exclude NULL in the query")
    }
}

extension Optional: PostgresValue where Wrapped: PostgresValue {
    public static var postgresType: PostgresType { Wrapped.postgresType }

    public func encode(into writer: inout BinaryWriter) { self?.encode(into: &writer) }

    public init(binary: RawSpan, type: PostgresType) throws(PostgresError) {
        self = .some(try Wrapped(binary: binary, type: type))
    }

    public var isNull: Bool { self?.isNull ?? true }

    public static func null() throws(PostgresError) -> Self { .none }
}
