internal import Glibc

/// An open file, socket or pipe, closed when it goes out of scope.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The number the kernel knows it by. Do not close it, and do not keep it beyond this value's life.
    public let number: Int32

    /// Takes over a descriptor that something else opened.
    public init(adopting number: Int32) { self.number = number }

    deinit { close(number) }

    /// Hands the open descriptor to the caller, who now has to close it.
    public consuming func release() -> Int32 {
        let number = self.number
        discard self
        return number
    }
}

extension FileDescriptor {
    /// How a file is opened; all are close-on-exec. What is written to must not be a symbolic link: it could lead anywhere.
    public enum Access: Sendable {
        /// An existing file, to be read.
        case read
        /// A new file with this mode; refused when it exists.
        case createNew(mode: UInt32)
        /// Written from the start, made when missing with this mode.
        case replace(mode: UInt32)
        /// Written at the end, made when missing with this mode.
        case append(mode: UInt32)
        /// A folder, for `sync()` after renames in it.
        case directory
        /// The same, refused where it is a symbolic link.
        case directoryItself
    }

    public static func open(_ path: String, _ access: Access) throws(SystemError) -> FileDescriptor {
        let (flags, mode): (Int32, UInt32) =
            switch access {
            case .read: (O_RDONLY, 0)
            case .createNew(let mode): (O_WRONLY | O_CREAT | O_EXCL, mode)
            case .replace(let mode): (O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode)
            case .append(let mode): (O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode)
            case .directory: (O_RDONLY | O_DIRECTORY, 0)
            case .directoryItself: (O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
            }
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw .last("open", path) }
        return FileDescriptor(adopting: number)
    }

    /// Writes all of it, however many calls that takes.
    public func write(_ bytes: Span<UInt8>) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let rest = bytes.extracting(done...)
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
            if count >= 0 { done += count } else if errno != EINTR { throw .last("write") }
        }
    }

    /// Up to `limit` bytes; empty at the end.
    public func read(upTo limit: Int) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var got = unsafe Glibc.read(number, buffer.baseAddress, limit)
            while got < 0, errno == EINTR { got = unsafe Glibc.read(number, buffer.baseAddress, limit) }
            if got < 0 { failure = .last("read") } else { count = got }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Locks the file or folder for whoever has this descriptor, inherited or not, until the last of them has closed it or
    /// ended. Taking it again is fine.
    ///
    /// - Returns: whether nobody else has it locked.
    public func lock() throws(SystemError) -> Bool {
        while flock(number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            if errno != EINTR { throw .last("flock") }
        }
        return true
    }

    /// Gives it to a user and a group, and sets who may do what.
    public func setOwner(_ userID: UInt32, _ groupID: UInt32) throws(SystemError) {
        guard fchown(number, userID, groupID) == 0 else { throw .last("fchown") }
    }

    public func setMode(_ mode: UInt32) throws(SystemError) {
        guard fchmod(number, mode) == 0 else { throw .last("fchmod") }
    }

    /// Waits until what was written is on the disk.
    public func sync() throws(SystemError) {
        guard fdatasync(number) == 0 else { throw .last("fdatasync") }
    }
}
