internal import Glibc
internal import System

/// Where a server listens.
public enum ListenAddress: Sendable, Hashable {
    /// A numeric IPv4 or IPv6 address. `0.0.0.0` and `::` mean every interface and have to be asked for by name. Port 0
    /// takes a free one.
    case address(String, port: UInt16)
    /// A Unix socket. One left behind by a dead process is replaced; one that answers, and any other file, is not.
    case unix(path: String, mode: UInt32 = 0o600)

    public static func loopback(port: UInt16) -> ListenAddress { .address("127.0.0.1", port: port) }
}

extension ListenAddress: CustomStringConvertible {
    /// As it is in a URL: `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/life-os.sock`.
    public var description: String {
        switch self {
        case .address(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path, _): "unix:\(path)"
        }
    }
}

extension ListenAddress {
    /// Whether a server could listen there now; another program may still take it a moment later. A Unix socket counts as
    /// free.
    public var isFree: Bool {
        guard case .address(let host, let port) = self else { return true }
        return (try? Self.openInternet(host, port, backlog: 1, name: description)) != nil
    }

    /// A listening socket.
    func open(backlog: Int) throws(SystemError) -> FileDescriptor {
        switch self {
        case .address(let host, let port): try Self.openInternet(host, port, backlog: backlog, name: description)
        case .unix(let path, let mode): try UnixSocket.listen(at: path, mode: mode, backlog: backlog)
        }
    }

    /// This address with the port that the socket got.
    func bound(to socket: borrowing FileDescriptor) -> ListenAddress {
        guard case .address(let host, _) = self else { return self }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe getsockname(socket.number, address, &length)
                return .address(host, port: unsafe RemoteAddress(address).port)
            }
        }
    }

    private static func openInternet(
        _ host: String, _ port: UInt16, backlog: Int, name: String
    ) throws(SystemError) -> FileDescriptor {
        var storage = sockaddr_storage()
        var length = socklen_t(0)
        let isVersion6 = host.contains(":")
        unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            if isVersion6 {
                length = socklen_t(MemoryLayout<sockaddr_in6>.size)
                unsafe pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                    unsafe address.pointee.sin6_family = sa_family_t(AF_INET6)
                    unsafe address.pointee.sin6_port = port.bigEndian
                    if unsafe inet_pton(AF_INET6, host, &address.pointee.sin6_addr) != 1 { length = 0 }
                }
            } else {
                length = socklen_t(MemoryLayout<sockaddr_in>.size)
                unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                    unsafe address.pointee.sin_family = sa_family_t(AF_INET)
                    unsafe address.pointee.sin_port = port.bigEndian
                    if unsafe inet_pton(AF_INET, host, &address.pointee.sin_addr) != 1 { length = 0 }
                }
            }
        }
        guard length > 0 else { throw SystemError(code: EINVAL, operation: "listen", subject: name) }
        let socket = try newSocket(isVersion6 ? AF_INET6 : AF_INET, name)
        var yes: Int32 = 1
        unsafe setsockopt(socket.number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let bound = unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(socket.number, $0, length) }
        }
        guard bound == 0 else { throw .last("bind", name) }
        guard listen(socket.number, Int32(backlog)) == 0 else { throw .last("listen", name) }
        return socket
    }

    private static func newSocket(_ family: Int32, _ subject: String) throws(SystemError) -> FileDescriptor {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(family, kind, 0)
        guard number >= 0 else { throw .last("socket", subject) }
        return FileDescriptor(adopting: number)
    }
}
