/// One question about the health of an installation, and how to answer it.
public struct Check: Sendable {
    /// The answer.
    public struct Finding: Sendable, Equatable {
        let status: Cell.Status
        let message: String
        let advice: String?

        /// All is well; the message says how well.
        public static func ok(_ message: String) -> Finding { Finding(status: .ok, message: message, advice: nil) }

        /// It works, and could be better.
        public static func warning(_ message: String, advice: String) -> Finding {
            Finding(status: .warning, message: message, advice: advice)
        }

        /// It does not work.
        public static func failed(_ message: String, advice: String) -> Finding {
            Finding(status: .failed, message: message, advice: advice)
        }

        /// The answer is not known, for example because what it asks about is not running.
        public static func unknown(_ message: String) -> Finding {
            Finding(status: .unknown, message: message, advice: nil)
        }
    }

    let name: String
    let answer: @Sendable () async throws -> Finding

    /// - Parameter answer: finds out; what it throws is a failed check.
    public init(_ name: String, answer: @escaping @Sendable () async throws -> Finding) {
        self.name = name
        self.answer = answer
    }

    /// A check that takes longer than this has failed.
    static let timeLimit: Duration = .seconds(10)

    /// The answer, or that none came in time. A check that does not heed its cancellation is left behind.
    func run(_ clock: any Clock<Duration>) async -> Finding {
        let (findings, first) = AsyncStream<Finding>.makeStream()
        let work = Task {
            do {
                first.yield(try await answer())
            } catch let failure as Failure {
                first.yield(Finding(status: .failed, message: failure.message, advice: failure.advice))
            } catch {
                first.yield(Finding(status: .failed, message: "\(error)", advice: nil))
            }
        }
        let alarm = Task {
            // The time limit itself; cancelled once the answer is there.
            try await clock.sleep(for: Self.timeLimit)
            let limit = Quantity.duration(Self.timeLimit)
            first.yield(.failed("No answer within \(limit).", advice: "Check whether something hangs, then try again."))
        }
        defer {
            work.cancel()
            alarm.cancel()
        }
        for await finding in findings { return finding }
        return .unknown("Stopped.")
    }
}
