internal import Glibc
internal import System

/// What a former run left in a data folder: its lock files, and maybe its processes.
///
/// Only for the holder of the home's lock: then whoever ran that server is gone.
enum Predecessor {
    /// Ends what still runs in the folder and removes the lock files.
    static func clear(_ folder: String, within timeout: Duration) async throws {
        // A clean stop removes this file last of all.
        guard Files.exists(PostmasterFile.path(in: folder)) else { return }
        let former = PostmasterFile(in: folder)
        let running = processes(in: folder)
        // Asked or not, it is on its way out: the kernel has told it that its parent is gone.
        for process in running where process.id == former?.processID { process.signal(.interrupt) }
        if try await !end(running, within: timeout) {
            for process in running { process.signal(.quit) }
            guard try await end(running, within: .seconds(5)) else {
                let numbers = running.filter { !$0.hasEnded }.map { "\($0.id)" }.joined(separator: ", ")
                throw PrivatePostgresError(
                    .timedOut, "a former PostgreSQL of this home does not end (processes \(numbers))",
                    advice: "End it (kill -QUIT \(numbers)) and start again.")
            }
        }
        // Its number may belong to another process by now, and PostgreSQL would take that for itself. Nothing runs in
        // the folder any more, and only we may start something there, so the files mean nothing.
        for path in [PostmasterFile.path(in: folder), Conninfo.socketPath(in: folder) + ".lock"] {
            try Files.remove(path)
        }
    }

    /// Those that stand in the folder: the server and its children never leave it, and nothing else goes there.
    static func processes(in folder: String) -> [RunningProcess] {
        guard let identity = FileIdentity(of: folder), let names = try? Files.names(in: "/proc") else { return [] }
        return names.compactMap { Int32($0) }.filter { FileIdentity(of: "/proc/\($0)/cwd") == identity }
            .compactMap { RunningProcess(id: $0) }
            // A person's shell may stand there too.
            .filter { $0.executable?.hasSuffix("/postgres") == true && $0.workingDirectory == identity }
    }

    private static func end(_ processes: [RunningProcess], within timeout: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now.advanced(by: timeout)
        for process in processes {
            guard try await process.end(within: deadline - ContinuousClock.now) else { return false }
        }
        return true
    }
}
