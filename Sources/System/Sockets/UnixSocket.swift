internal import CLinux
internal import Glibc

/// Sockets that are files.
public enum UnixSocket {
    /// What the kernel takes as the path of a Unix socket, less its final zero.
    public static let pathBytesMax = 107

    /// Who waits for connections at a path.
    public enum Listener: Sendable, Equatable {
        /// Nobody, whatever lies there.
        case nobody
        /// A process; its number is `nil` where it is of another container, or too busy to be asked.
        case process(Int32?)
    }

    /// Asks the socket itself, which works for processes of other users too, and whatever has become of their program.
    public static func listener(at path: String) throws(SystemError) -> Listener {
        let probe = try open(path)
        // A listener that takes no more connections must not be waited for.
        guard fcntl(probe.number, F_SETFL, O_NONBLOCK) == 0 else { throw .last("fcntl", path) }
        guard try unsafe call(connect, probe, path) == 0 else {
            switch errno {
            case ECONNREFUSED, ENOENT, ENOTDIR: return .nobody
            case EAGAIN: return .process(nil)
            default: throw .last("connect", path)
            }
        }
        let number = lifeos_peer_process(probe.number)
        return .process(number > 0 ? number : nil)
    }

    /// Listens at a path. A socket that a dead process left there is replaced; anything else is left as it is and refused.
    ///
    /// - Parameters:
    ///   - mode: of the socket, less the process's mask.
    ///   - backlog: how many connections may wait to be accepted.
    public static func listen(at path: String, mode: UInt32, backlog: Int) throws(SystemError) -> FileDescriptor {
        if try listener(at: path) != .nobody { throw SystemError(code: EADDRINUSE, operation: "bind", subject: path) }
        if try isSocket(path) { try Files.remove(path) }
        let socket = try open(path)
        // Before it has a name, so that there is no moment in which others may connect.
        guard fchmod(socket.number, mode) == 0 else { throw .last("fchmod", path) }
        guard try unsafe call(bind, socket, path) == 0 else {
            // The system calls every file there an address in use, which would send people looking for a program.
            throw errno == EADDRINUSE
                ? SystemError(code: EEXIST, operation: "bind", subject: path) : .last("bind", path)
        }
        guard Glibc.listen(socket.number, Int32(backlog)) == 0 else { throw .last("listen", path) }
        return socket
    }

    /// Removes a socket whose listener has ended. Anything else, and a socket that somebody listens at, is left alone.
    public static func removeAbandoned(_ path: String) throws(SystemError) {
        if try isSocket(path), try listener(at: path) == .nobody { try Files.remove(path) }
    }

    /// Sends one message to whoever reads at a path. A path that begins with `@` is one of Linux's names without a file.
    public static func send(_ message: String, to path: String) throws(SystemError) {
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw .last("socket", path) }
        let socket = FileDescriptor(adopting: number)
        guard try unsafe call(connect, socket, path) == 0 else { throw .last("connect", path) }
        try socket.write(Array(message.utf8).span)
    }

    private static func isSocket(_ path: String) throws(SystemError) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            if errno == ENOENT { return false }
            throw .last("lstat", path)
        }
        return status.st_mode & S_IFMT == S_IFSOCK
    }

    private static func open(_ path: String) throws(SystemError) -> FileDescriptor {
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw .last("socket", path) }
        return FileDescriptor(adopting: number)
    }

    /// Calls `bind` or `connect` with the path as an address.
    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ socket: borrowing FileDescriptor,
        _ path: String
    ) throws(SystemError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count <= pathBytesMax else {
            throw SystemError(code: ENAMETOOLONG, operation: "bind", subject: path)
        }
        let isAbstract = path.hasPrefix("@")
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            unsafe bytes.copyBytes(from: path.utf8)
            // The kernel knows such a name by its leading zero, and takes every byte of it that is told by the length.
            if isAbstract { unsafe bytes[0] = 0 }
        }
        let size =
            isAbstract
            ? MemoryLayout<sa_family_t>.size + path.utf8.count : MemoryLayout<sockaddr_un>.size
        let number = socket.number
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe function(number, $0, socklen_t(size))
            }
        }
    }
}
