internal import System
public import Telemetry

/// A PostgreSQL of one's own: made at the first start, reached by a Unix socket in its home and by nothing else, and
/// ended with this process, whatever ends that.
///
/// Should the server itself die, it is started again; connections have to be made again then.
///
///     let postgres = try await PrivatePostgres.start(.init(home: "/var/lib/lifeos"), logger: logger)
///     let pool = … postgres.conninfo() …
///     await postgres.stop()
public actor PrivatePostgres {
    public nonisolated let configuration: Configuration
    /// What a run needs; `nil` when another process runs the server.
    private let run: Run?
    private var postmaster: Postmaster?
    private var supervisor: Task<Void, Never>?
    private var restarting: Task<Void, any Error>?
    private var stopping: Task<Void, Never>?

    struct Run: Sendable {
        /// Held until the server has ended.
        let lock: HomeLock
        let plan: Postmaster.Plan
        let logger: Logger
    }

    private init(_ configuration: Configuration, _ run: Run?, _ postmaster: Postmaster?) {
        self.configuration = configuration
        self.run = run
        self.postmaster = postmaster
    }

    /// Returns once the server takes connections: a second or two at first, some tens of milliseconds later on.
    ///
    /// - Throws: ``PrivatePostgresError``, saying what to do.
    public static func start(_ configuration: Configuration, logger: Logger = .silent) async throws -> PrivatePostgres {
        try Home.prepare(configuration)
        guard let lock = try await Home.lock(configuration) else {
            logger.debug("using the PostgreSQL that another process runs", ["home": configuration.home])
            return PrivatePostgres(configuration, nil, nil)
        }
        let start = ContinuousClock.now
        let account = try Account.choose(configuration.account)
        let major = try DataFolder.major(of: configuration.dataFolder, account: account)
        guard major != nil || configuration.makesHome else {
            throw PrivatePostgresError.homeMissing(configuration.home)
        }
        let plan = Postmaster.Plan(
            installation: try await Installation.find(in: configuration.binaries, major: major), account: account,
            settings: Settings(configuration, memoryBytes: configuration.memoryBytes ?? Machine.memoryBytes),
            log: ServerLog(path: configuration.logPath, bytesMax: configuration.logBytesMax),
            startTimeout: configuration.startTimeout, stopTimeout: configuration.stopTimeout)
        let postmaster: Postmaster
        if major == nil {
            logger.info("making a PostgreSQL", ["home": configuration.home, "version": plan.installation.major])
            postmaster = try await DataFolder.make(configuration, plan)
        } else {
            postmaster = try await launch(configuration, plan)
        }
        logger.info(
            "PostgreSQL is ready",
            [
                "process": postmaster.processID, "version": plan.installation.major,
                "milliseconds": (ContinuousClock.now - start).wholeMilliseconds,
            ])
        let postgres = PrivatePostgres(configuration, Run(lock: lock, plan: plan, logger: logger), postmaster)
        await postgres.supervise()
        return postgres
    }

    private static func launch(_ configuration: Configuration, _ plan: Postmaster.Plan) async throws -> Postmaster {
        let folder = try await Predecessor.clear(configuration.dataFolder, plan.account, within: plan.stopTimeout)
        return try await Postmaster.start(in: folder, plan)
    }
}

extension PrivatePostgres {
    /// Whether this process runs the server, rather than using one that another process runs.
    public nonisolated var isOwner: Bool { run != nil }

    /// The folder of PostgreSQL's own programs, such as `psql`; `nil` when another process runs the server.
    public nonisolated var binaries: String? { run?.plan.installation.binaries }

    /// How libpq reaches a database of this server.
    public nonisolated func conninfo(database: String? = nil) -> String {
        Conninfo.text(folder: configuration.dataFolder, database: database ?? configuration.database)
    }

    /// The server's process; `nil` while it is being started again, or when another process runs it.
    public var processID: Int32? {
        guard let postmaster, postmaster.child.exit == nil else { return nil }
        return postmaster.processID
    }

    /// Stops the server cleanly and lets go of the home. Close the connections before: they are cut off.
    ///
    /// A server started by ``Configuration/Role/attachOrStart`` first waits for others that use it. One that another
    /// process runs is left alone. Once is enough; more does nothing.
    public func stop() async {
        let task = stopping ?? Task { await stopNow() }
        stopping = task
        await task.value
    }

    /// Stops the server and starts it again, cutting off every connection.
    public func restart() async throws {
        guard stopping == nil else { return }
        let task = restarting ?? Task { try await restartNow() }
        restarting = task
        defer { restarting = nil }
        try await task.value
    }

    private func stopNow() async {
        guard let run else { return }
        _ = await restarting?.result
        await dismissSupervisor()
        let kind = configuration.role == .own ? Postmaster.Stop.fast : .smart
        await postmaster?.stop(kind, within: configuration.stopTimeout)
        postmaster = nil
        run.lock.release()
        run.logger.info("PostgreSQL has stopped")
    }

    private func restartNow() async throws {
        guard let run else { return }
        await dismissSupervisor()
        await postmaster?.stop(.fast, within: configuration.stopTimeout)
        // From here on the supervisor brings it up, should this fail.
        defer { supervise() }
        postmaster = try await Self.launch(configuration, run.plan)
    }

    private func dismissSupervisor() async {
        supervisor?.cancel()
        await supervisor?.value
    }

    /// Watches the server and starts it again when it ends without having been told to.
    private func supervise() {
        supervisor = Task {
            // A child that is gone is reported at once, however often it is asked: so the wish to end has to be looked at.
            while !Task.isCancelled, let child = postmaster?.child, (try? await child.waitForExit()) != nil {
                await relaunch(after: child)
            }
        }
    }

    private func relaunch(after child: Child) async {
        guard let run else { return }
        run.logger.error("PostgreSQL ended by itself; starting it again", ["how": child.exit?.description ?? "unknown"])
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            do {
                postmaster = try await Self.launch(configuration, run.plan)
                run.logger.info("PostgreSQL is ready again", ["process": postmaster?.processID ?? 0])
                return
            } catch is CancellationError {
                return
            } catch {
                run.logger.error("PostgreSQL does not start", ["error": "\(error)"])
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(10))
            }
        }
    }
}
