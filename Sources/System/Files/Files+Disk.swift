internal import Glibc

extension Files {
    /// The path with every link in it followed; `nil` when there is nothing.
    public static func resolved(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// The permission bits; `nil` when there is nothing.
    public static func mode(of path: String) -> UInt32? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    /// When the bytes in a file were last changed; `nil` when there is nothing.
    public static func changedAt(_ path: String) -> Timestamp? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        let changed = status.st_mtim
        return Timestamp(microsecondsSinceEpoch: Int64(changed.tv_sec) * 1_000_000 + Int64(changed.tv_nsec) / 1_000)
    }

    /// What may still be written to the disk that holds this path; `nil` when there is nothing.
    public static func freeBytes(at path: String) -> Int64? {
        var disk = statvfs()
        guard unsafe statvfs(path, &disk) == 0 else { return nil }
        return Int64(clamping: UInt64(disk.f_bavail) * UInt64(disk.f_frsize))
    }
}
