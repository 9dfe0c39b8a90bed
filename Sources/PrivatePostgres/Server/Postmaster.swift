internal import System

/// One run of the server on a data folder.
struct Postmaster: Sendable {
    let child: Child
    private let log: ServerLog

    var processID: Int32 { child.processID }

    /// What a run needs to know.
    struct Plan: Sendable {
        let installation: Installation
        let account: Account
        let settings: Settings
        let log: ServerLog
        let startTimeout: Duration
        let stopTimeout: Duration
    }

    /// How often the server's word that it is ready is looked for; it has no other way to say so that costs less.
    private static let pollInterval = Duration.milliseconds(2)
    private static let immediateStopTimeout = Duration.seconds(5)

    /// The descriptor of the server and all its children that is their folder, as ``Program/descriptor`` has it.
    static let folderNumber: Int32 = 3
    static let folderPath = "/proc/self/fd/\(folderNumber)"

    /// Starts the server and returns once it takes connections.
    static func start(in folder: ClusterFolder, _ plan: Plan) async throws -> Postmaster {
        precondition(folder.lockIfVacant(), "a server is started where another one may still run")
        plan.log.forgetLines()
        // The server reaches its folder through the descriptor, not by name: the folders above it may be closed to its
        // user (as /root is), and it may be renamed while the server runs.
        var program = plan.account.program(
            plan.installation.postgres, ["-D", folderPath] + plan.settings.arguments, endedBy: "INT")
        program.descriptor = folder.descriptor.number
        program.output = .handled { plan.log.write($0) }
        program.errors = .handled { plan.log.write($0) }
        program.hasOwnGroup = true
        let postmaster = Postmaster(child: try await program.start(), log: plan.log)
        do {
            try await postmaster.waitUntilReady(folder.path, within: plan.startTimeout)
        } catch {
            await postmaster.stop(.immediate, within: Self.immediateStopTimeout)
            throw error
        }
        return postmaster
    }

    private func waitUntilReady(_ folder: String, within timeout: Duration) async throws {
        let deadline = ContinuousClock.now.advanced(by: timeout)
        while true {
            if let exit = child.exit {
                throw PrivatePostgresError(
                    .startFailed, "PostgreSQL ended while it started (\(exit))",
                    advice: "See the last lines of its log.", log: log.lines)
            }
            if let file = PostmasterFile(in: folder), file.processID == processID, file.isReady { return }
            if ContinuousClock.now >= deadline {
                throw PrivatePostgresError(
                    .timedOut, "PostgreSQL was not ready after \(timeout)",
                    advice: "After a crash it may need more time to recover: start again.", log: log.lines)
            }
            try await Task.sleep(for: Self.pollInterval)
        }
    }

    /// How to stop, from gentle to hard.
    enum Stop: CaseIterable {
        /// Waits for the clients to leave.
        case smart
        /// Ends the clients' sessions and writes everything to disk.
        case fast
        /// Ends at once; the next start recovers.
        case immediate
        /// Not even its children are told; they notice.
        case kill

        var signal: Signal {
            switch self {
            case .smart: .terminate
            case .fast: .interrupt
            case .immediate: .quit
            case .kill: .kill
            }
        }

        var isImmediate: Bool { self == .immediate || self == .kill }
    }

    /// Stops the server, harder each time it takes too long. Continues when the task is cancelled.
    func stop(_ stop: Stop, within timeout: Duration) async {
        for step in Stop.allCases.drop(while: { $0 != stop }) {
            child.signal(step.signal)
            if await ends(within: step.isImmediate ? Self.immediateStopTimeout : timeout) { return }
        }
    }

    private func ends(within timeout: Duration) async -> Bool {
        // Its own task is not cancelled with the caller: a server half stopped would be worse than a late return.
        let wait = Task { try? await child.waitForExit(within: timeout) }
        return await wait.value != nil
    }
}
