internal import CLinux
internal import Glibc

extension FileDescriptor {
    /// Opens for reading what lies in this folder and nowhere else: a path or a symbolic link that leads out is refused.
    ///
    /// Never waits for the other end of a pipe; look at ``status()`` before reading.
    public func open(beneath path: String) throws(SystemError) -> FileDescriptor {
        let opened = unsafe lifeos_open_beneath(number, path)
        if opened >= 0 { return FileDescriptor(adopting: opened) }
        // Kernels before 5.6 and some sandboxes do not have the call.
        guard errno == ENOSYS || errno == EPERM else { throw .last("open", path) }
        return try openWithoutLinks(beneath: path)
    }

    /// The same, step by step, and following no symbolic link at all.
    func openWithoutLinks(beneath path: String) throws(SystemError) -> FileDescriptor {
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        var folder = FileDescriptor(adopting: fcntl(number, F_DUPFD_CLOEXEC, 0))
        for (index, name) in names.enumerated() {
            guard name != "..", !(name.isEmpty && index == 0) else {
                throw SystemError(code: EXDEV, operation: "open", subject: path)
            }
            let kind = index < names.count - 1 ? O_DIRECTORY : O_NONBLOCK
            let opened = unsafe openat(
                folder.number, name.isEmpty ? "." : String(name), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | kind)
            guard opened >= 0 else { throw .last("open", path) }
            folder = FileDescriptor(adopting: opened)
        }
        return folder
    }
}
