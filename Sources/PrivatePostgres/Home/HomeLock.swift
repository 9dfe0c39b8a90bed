internal import Glibc
internal import System

/// Says that this process runs the server of a home. The kernel lets go of it with the process, however that ends.
final class HomeLock: Sendable {
    /// Who holds the lock.
    struct Holder: Equatable {
        let processID: Int32
        let name: String
    }

    private let file: FileDescriptor

    /// - Returns: `nil` when another process, or another part of this one, holds it.
    static func take(_ path: String) throws(SystemError) -> HomeLock? {
        let file = try FileDescriptor.open(path, .append(mode: 0o600))
        guard try file.lock() else { return nil }
        guard ftruncate(file.number, 0) == 0 else { throw .last("ftruncate", path) }
        try file.write(Array("\(getpid())\n".utf8).span)
        return HomeLock(file)
    }

    private init(_ file: consuming FileDescriptor) { self.file = file }

    /// Lets others have it, even while this value lives on.
    func release() { _ = flock(file.number, LOCK_UN) }

    /// The holder; `nil` when it has not written its name yet, or is gone.
    static func holder(_ path: String) -> Holder? {
        guard let text = try? Files.readText(path, limit: 64), let id = Int32(text.dropLast()),
            let process = RunningProcess(id: id)
        else { return nil }
        return Holder(processID: id, name: process.name ?? "unknown")
    }
}
