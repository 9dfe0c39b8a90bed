internal import System

/// What a former run left in a data folder: its lock files, and maybe its processes.
///
/// Only for the holder of the home's lock: then whoever ran that server is gone.
enum Predecessor {
    /// How long processes may take to end once they were told to leave everything as it is.
    private static let quitTimeout = Duration.seconds(5)

    /// Ends what still runs in the folder and removes the lock files.
    ///
    /// - Returns: the folder, locked for the next server.
    static func clear(_ path: String, _ account: Account, within timeout: Duration) async throws -> ClusterFolder {
        let folder = try ClusterFolder(path)
        // A clean stop removes this file last of all.
        let hasFile = Files.exists(PostmasterFile.path(in: path))
        guard hasFile || !folder.lockIfVacant() else { return folder }
        let former = PostmasterFile(in: path)?.processID
        var left = processes(in: path, account)
        // Asked or not, it is on its way out: the kernel has told it that its parent is gone.
        for process in left where process.id == former { process.signal(.interrupt) }
        if try await !isVacated(folder, by: left, within: timeout) {
            left = processes(in: path, account)
            for process in left { process.signal(.quit) }
            guard try await isVacated(folder, by: left, within: quitTimeout) else { throw doesNotEnd(path, left) }
        }
        // Its number may belong to another process by now, and PostgreSQL would take that for itself. Nothing runs in
        // the folder any more, and only we may start something there, so the files mean nothing.
        for path in [PostmasterFile.path(in: path), Conninfo.socketPath(in: path) + ".lock"] {
            try Files.remove(path)
        }
        return folder
    }

    /// Those that were started on the folder or by those that were: they are in it and have it as the descriptor that
    /// ``Postmaster`` gave them. A person's shell may be there too, but has no such descriptor. The name of the program
    /// says nothing: it changes when its package is replaced.
    static func processes(in path: String, _ account: Account) -> [RunningProcess] {
        guard let identity = FileIdentity(of: path), let names = try? Files.names(in: "/proc") else { return [] }
        let ids = names.compactMap { Int32($0) }
        var found = Files.reaching(as: account.userID, account.groupID) {
            ids.filter { FileIdentity(of: "/proc/\($0)/cwd") == identity }.compactMap { RunningProcess(id: $0) }
                .filter { $0.workingDirectory == identity && $0.descriptor(Postmaster.folderNumber) == identity }
        }
        // Where even that shows nothing, the server still answers for itself.
        if let server = listener(in: path), !found.contains(where: { $0.id == server.id }) { found.append(server) }
        return found
    }

    /// The process that takes connections.
    private static func listener(in path: String) -> RunningProcess? {
        let socket = Conninfo.socketPath(in: path)
        guard case .process(let id?) = try? UnixSocket.listener(at: socket), let process = RunningProcess(id: id) else {
            return nil
        }
        // Asked again, since the number could have gone to another process before it was held.
        return (try? UnixSocket.listener(at: socket)) == .process(id) ? process : nil
    }

    private static func isVacated(
        _ folder: ClusterFolder, by processes: [RunningProcess], within timeout: Duration
    ) async throws -> Bool {
        let deadline = ContinuousClock.now.advanced(by: timeout)
        while true {
            // Those of an earlier version of this program hold no lock.
            if processes.allSatisfy(\.hasEnded), folder.lockIfVacant() { return true }
            if ContinuousClock.now >= deadline { return false }
            // A short poll instead of a thread: this is used for a moment at start.
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private static func doesNotEnd(_ path: String, _ processes: [RunningProcess]) -> PrivatePostgresError {
        let numbers = processes.filter { !$0.hasEnded }.map { "\($0.id)" }
        guard !numbers.isEmpty else {
            return PrivatePostgresError(
                .timedOut, "something that cannot be seen from here still runs in \(path)",
                advice: "If another container uses this home, stop it. Otherwise see: fuser -v \(path)")
        }
        return PrivatePostgresError(
            .timedOut, "a former PostgreSQL of this home does not end (processes \(numbers.joined(separator: ", ")))",
            advice: "End it (kill -QUIT \(numbers.joined(separator: " "))) and start again.")
    }
}
