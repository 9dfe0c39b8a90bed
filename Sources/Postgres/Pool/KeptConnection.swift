/// A connection that its holder keeps, for what goes with a connection: locks of a session, above all.
///
/// It counts beyond ``PoolConfiguration/connectionsMax``. Once it is lost, everything asked of it throws: take another.
public final class KeptConnection: Sendable {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    /// Runs `body` on the connection's own thread. Whatever else is asked of it meanwhile comes before or after.
    public func withConnection<Result: Sendable>(
        _ body: @Sendable (isolated Connection) throws -> Result
    ) async throws -> Result {
        try await connection.work(looksFirst: false, finish: { _ in }) { try body($0) }
    }

    /// The server lets go of all that goes with it.
    public func close() async { await connection.close() }
}

extension PostgresPool {
    /// Opens a connection beside those that are lent. It is not closed with the pool: close it yourself.
    ///
    /// - Parameter change: what is different about it.
    public func keepConnection(
        _ change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) async throws(PostgresError) -> KeptConnection {
        var connection = configuration.connection
        change(&connection)
        return KeptConnection(try await connect(connection))
    }
}
