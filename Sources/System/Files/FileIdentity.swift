internal import Glibc

/// Which file a path leads to, whatever its name: two paths with equal identities lead to the same file.
public struct FileIdentity: Sendable, Hashable {
    private let device: UInt64
    private let inode: UInt64

    /// `nil` when nothing is there or the way is barred. A link is followed.
    public init?(of path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
