internal import Glibc

/// What the file system says about an open file.
public struct FileStatus: Sendable, Hashable {
    public let sizeBytes: Int64
    public let modifiedNanosecondsSinceEpoch: Int64
    /// What tells the file from others on its file system.
    public let inode: UInt64
    /// Who may read, write and execute it: the lowest nine bits of its mode.
    public let permissions: UInt32
    public let isRegularFile: Bool
    public let isFolder: Bool

    public var modified: Timestamp {
        Timestamp(microsecondsSinceEpoch: modifiedNanosecondsSinceEpoch / 1_000)
    }
}

extension FileDescriptor {
    public func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw .last("fstat") }
        return FileStatus(
            sizeBytes: Int64(status.st_size),
            modifiedNanosecondsSinceEpoch: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
            inode: UInt64(status.st_ino), permissions: status.st_mode & 0o777,
            isRegularFile: status.st_mode & S_IFMT == S_IFREG,
            isFolder: status.st_mode & S_IFMT == S_IFDIR)
    }
}
