/// Waits until something holds, looking again every few milliseconds; for tests, in place of sleeping.
///
/// - Parameters:
///   - timeout: default fifteen seconds, for busy machines; it only costs time when the condition fails.
///   - condition: what to wait for. An error that it throws ends the wait.
/// - Throws: ``NotInTime`` when it never held.
public func eventually(
    within timeout: Duration = .seconds(15), _ what: String = "the condition", line: Int = #line,
    file: String = #fileID,
    isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now.advanced(by: timeout)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw NotInTime(what: what, timeout: timeout, place: "\(file):\(line)")
        }
        try await Task.sleep(for: .milliseconds(3))
    }
}

/// What `eventually` waited for did not come true.
public struct NotInTime: Error, CustomStringConvertible {
    public let what: String
    public let timeout: Duration
    public let place: String

    public var description: String { "\(what) did not hold within \(timeout) (\(place))" }
}
