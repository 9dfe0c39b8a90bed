internal import Glibc
internal import System

/// The folder that everything lies in, and who may use it.
enum Home {
    /// Makes the home where it is missing, or refuses that.
    static func prepare(_ configuration: PrivatePostgres.Configuration) throws {
        try check(configuration)
        if !configuration.makesHome { try requireDatabase(configuration) }
        do {
            try Files.makeFolder(configuration.home, mode: 0o700)
        } catch {
            throw unusable(configuration.home, error)
        }
        // Somebody may have made it just now.
        try checkExposure(configuration.home)
    }

    private static func requireDatabase(_ configuration: PrivatePostgres.Configuration) throws(PrivatePostgresError) {
        // A draft may be in the making by another process: who gets the lock knows. What cannot be looked at may be there.
        for folder in [configuration.dataFolder, configuration.draftFolder] {
            if unsafe access(folder, F_OK) == 0 || errno != ENOENT { return }
        }
        throw .homeMissing(configuration.home)
    }

    /// Refuses a home that cannot work.
    static func check(_ configuration: PrivatePostgres.Configuration) throws(PrivatePostgresError) {
        let home = configuration.home
        guard home.hasPrefix("/") else {
            throw PrivatePostgresError(
                .homeUnusable, "the home \(home) is not an absolute path", advice: "Set LIFEOS_HOME to one.")
        }
        // The draft's socket is the longest.
        let socket = Conninfo.socketPath(in: configuration.draftFolder)
        guard socket.utf8.count <= UnixSocket.pathBytesMax else {
            throw PrivatePostgresError(
                .pathTooLong,
                "the home's path is \(socket.utf8.count - UnixSocket.pathBytesMax) bytes too long for a Unix socket",
                advice: "Set LIFEOS_HOME to a shorter path than \(home).")
        }
        try checkExposure(home)
    }

    /// As root we write into the home. Where others can write too, they could have us write anywhere: by a link, say.
    private static func checkExposure(_ home: String) throws(PrivatePostgresError) {
        guard geteuid() == 0 else { return }
        let exposure: Files.Exposure?
        do {
            exposure = try Files.exposure(of: home)
        } catch {
            throw unusable(home, error)
        }
        guard let exposure else { return }
        throw PrivatePostgresError(
            .homeUnusable, "the home \(home) is not safe to use as root: \(exposure)",
            advice: "\(exposure.advice), or set LIFEOS_HOME to another folder.")
    }

    /// The lock for the one who runs the server; `nil` when somebody else runs it and that is fine.
    static func lock(_ configuration: PrivatePostgres.Configuration) async throws -> HomeLock? {
        let deadline = ContinuousClock.now.advanced(by: configuration.startTimeout)
        while true {
            do {
                if let lock = try HomeLock.take(configuration.lockPath) { return lock }
            } catch {
                throw unusable(configuration.home, error)
            }
            let holder = HomeLock.holder(configuration.lockPath)
            let name = holder.map { "process \($0.processID) (\($0.name))" } ?? "another process"
            guard configuration.role == .attachOrStart else {
                throw PrivatePostgresError(
                    .homeInUse, "\(configuration.home) is in use by \(name)",
                    advice: "Stop that one first, or set LIFEOS_HOME to another folder.")
            }
            if isServed(configuration.dataFolder) { return nil }
            guard ContinuousClock.now < deadline else {
                throw PrivatePostgresError(
                    .timedOut, "the PostgreSQL that \(name) runs in \(configuration.home) did not become ready",
                    advice: "Check what that process is waiting for.")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Whether a server takes connections there. A file left by a dead one does not count.
    static func isServed(_ folder: String) -> Bool {
        guard let file = PostmasterFile(in: folder), file.isReady,
            case .process(let id) = try? UnixSocket.listener(at: Conninfo.socketPath(in: folder))
        else { return false }
        // Numbers of another container cannot be compared.
        return id == nil || id == file.processID
    }

    private static func unusable(_ home: String, _ error: SystemError) -> PrivatePostgresError {
        PrivatePostgresError(
            .homeUnusable, "the home \(home) cannot be used (\(error))",
            advice: "Make it writable for this user, or set LIFEOS_HOME to another folder.")
    }
}
