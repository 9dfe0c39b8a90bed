internal import CLinux
internal import Glibc

extension Files {
    /// Runs `body` with the file rights of another user, which only root can; the rights of others are unchanged.
    ///
    /// Root in a container may not look at other users' processes in `/proc`, but they themselves may.
    public static func reaching<Result>(
        as userID: UInt32, _ groupID: UInt32, _ body: () throws -> Result
    ) rethrows -> Result {
        guard geteuid() == 0, userID != 0 else { return try body() }
        lifeos_reach_files_as(userID, groupID)
        // The rights belong to the thread, which a body that is not asynchronous cannot leave.
        defer { lifeos_reach_files_as(0, getegid()) }
        return try body()
    }
}
