/// A program to run as a child process. Nothing goes through a shell, and nothing is inherited that is not named here:
/// not the environment (it may hold secrets), no descriptor, no blocked or ignored signal.
public struct Program: Sendable {
    /// What becomes of what the child writes.
    public enum Output: Sendable {
        /// Goes where this process's own output goes.
        case inherited
        case discarded
        /// Kept in memory; what comes after the first `bytesMax` bytes is read and dropped.
        case captured(bytesMax: Int)
        /// Handed over piece by piece, on the thread that watches the child: a slow handler slows the child down.
        case handled(@Sendable ([UInt8]) -> Void)
    }

    /// The executable's absolute path.
    public var path: String
    /// The arguments after the program's own name.
    public var arguments: [String]
    public var environment: [String: String]
    /// Where the child starts; `nil` is this process's own folder.
    public var workingDirectory: String?
    public var output: Output
    public var errors: Output
    /// A descriptor of this process that the child finds as number 3. Keep it open until ``start()`` has returned.
    public var descriptor: Int32?
    /// Gives the child a process group of its own, so that Ctrl-C in a terminal reaches this process alone.
    public var hasOwnGroup = false

    /// - Parameters:
    ///   - environment: default none but a `PATH` of the usual folders.
    ///   - output: default the first MiB, kept in memory; the same goes for `errors`.
    public init(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = Program.plainEnvironment,
        workingDirectory: String? = nil, output: Output = .captured(bytesMax: 1 << 20),
        errors: Output = .captured(bytesMax: 1 << 20)
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.output = output
        self.errors = errors
    }

    public static let plainEnvironment = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
}

extension Program {
    /// How a finished program ended, and what it wrote.
    public struct Result: Sendable {
        public let exit: Exit
        public let output: [UInt8]
        public let errors: [UInt8]

        public var outputText: String { String(decoding: output, as: UTF8.self) }
        public var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    /// Starts the program and returns once it runs.
    ///
    /// The child is watched by its own thread, which is also the thread that started it: a child that asked the
    /// kernel to be ended with its parent (`PR_SET_PDEATHSIG`) therefore lives as long as this process does.
    public func start() async throws(SystemError) -> Child {
        let started = Monitor<[Swift.Result<Child, SystemError>]>([])
        await withCheckedContinuation { continuation in launch(into: started) { continuation.resume() } }
        // Not through the continuation: an answer that comes before the wait looks like a race to the thread sanitizer.
        return try started.wait(until: { !$0.isEmpty }, then: { $0[0] }).get()
    }

    /// The same for where nothing can be awaited; blocks the calling thread for a millisecond or two.
    public func startBlocking() throws(SystemError) -> Child {
        let started = Monitor<[Swift.Result<Child, SystemError>]>([])
        launch(into: started) {}
        return try started.wait(until: { !$0.isEmpty }, then: { $0[0] }).get()
    }

    private func launch(
        into started: Monitor<[Swift.Result<Child, SystemError>]>, then told: @escaping @Sendable () -> Void
    ) {
        Thread.detach(name: "child") {
            ChildWatch.run(self) { result in
                started.withLock { $0 = [result] }
                told()
            }
        }
    }

    /// Runs the program to its end.
    ///
    /// - Parameter timeout: after this the child is killed and `ETIMEDOUT` thrown. So it is when the task is cancelled.
    public func run(timeout: Duration = .seconds(60)) async throws -> Result {
        let child = try await start()
        do {
            guard let exit = try await child.waitForExit(within: timeout) else {
                throw SystemError(code: SystemError.timedOut, operation: "run", subject: path)
            }
            return Result(exit: exit, output: child.output, errors: child.errors)
        } catch {
            child.signal(.kill)
            throw error
        }
    }
}
