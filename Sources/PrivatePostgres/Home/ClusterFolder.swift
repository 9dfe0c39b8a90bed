internal import System

/// The folder of a cluster, opened. Servers are started on the descriptor, locked.
///
/// A server and all of its children inherit the descriptor and the lock with it. So the folder can be locked again when
/// the last of them has ended, however it ended, and nobody has to look through a process table, in which root without the
/// right to trace others sees little.
final class ClusterFolder: Sendable {
    let path: String
    let descriptor: FileDescriptor

    init(_ path: String, _ access: FileDescriptor.Access = .directory) throws(SystemError) {
        self.path = path
        descriptor = try FileDescriptor.open(path, access)
    }

    /// Whether nothing runs any more that was started on this folder; then it is locked for what is started next.
    func lockIfVacant() -> Bool {
        // Some network file systems lock no folders. There PostgreSQL's own lock has to do.
        (try? descriptor.lock()) ?? true
    }
}
