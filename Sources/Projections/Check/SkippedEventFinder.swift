public import Postgres
import System

/// Reads the whole log as a rebuild would, and says what a rebuild would skip. It writes nothing.
public struct SkippedEventFinder: Sendable {
    private let fold: ProjectionFold
    private let pool: PostgresPool
    private let configuration: RebuildConfiguration

    public init(fold: ProjectionFold, pool: PostgresPool, configuration: RebuildConfiguration = .init()) {
        self.fold = fold
        self.pool = pool
        self.configuration = configuration
    }

    /// - Parameter progress: told how many events have been read, some times a second.
    public func find(progress: @escaping @Sendable (_ eventCount: Int) -> Void = { _ in }) async throws -> SkippedEvents
    {
        try await pool.withConnection { connection in
            connection.statementTimeout = configuration.statementTimeout
            return try await connection.transaction(.repeatableRead, readOnly: true) { connection in
                try connection.sortWidely(configuration)
                let head = try connection.logHead(locked: false)
                let counted = Lock(0)
                let reading = LogReading(fold: fold, tables: [], chunkBytes: configuration.chunkBytes) { count in
                    progress(
                        counted.withLock { counted in
                            counted += count
                            return counted
                        })
                }
                // Receipts are not asked for, so no meta has to be read.
                let slice = LogSlice(
                    streams: .range(from: nil, until: nil), last: head.position, memorable: head.memorable(.zero))
                return try reading.read(slice, on: connection, deliver: { _ in }).allSkipped
            }
        }
    }
}
