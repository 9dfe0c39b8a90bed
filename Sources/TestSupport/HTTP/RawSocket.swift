internal import Glibc
internal import System

/// Sockets with deadlines, for a thread that may block.
enum RawSocket {
    static func connect(
        _ address: RawHTTP.Address, from source: String?, patience: Duration
    ) throws -> FileDescriptor {
        switch address {
        case .unix(let path):
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            let room = MemoryLayout.size(ofValue: name.sun_path)
            guard bytes.count < room else {
                throw SystemError(code: ENAMETOOLONG, operation: "connect", subject: path)
            }
            unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: bytes) }
            return try connect(AF_UNIX, name, path, nil, patience)
        case .tcp(let host, let port):
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            if unsafe inet_pton(AF_INET, host, &four.sin_addr) == 1 {
                return try connect(AF_INET, four, "\(host):\(port)", source, patience)
            }
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            guard unsafe inet_pton(AF_INET6, host, &six.sin6_addr) == 1 else {
                throw SystemError(code: EINVAL, operation: "connect", subject: host)
            }
            return try connect(AF_INET6, six, "[\(host)]:\(port)", nil, patience)
        }
    }

    private static func connect<Name>(
        _ family: Int32, _ name: Name, _ subject: String, _ source: String?, _ patience: Duration
    ) throws -> FileDescriptor {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = socket(family, type, 0)
        guard number >= 0 else { throw SystemError.last("socket", subject) }
        let descriptor = FileDescriptor(adopting: number)
        // A connect obeys the time-out for sending.
        var limit = timeval(tv_sec: Int(max(1, patience.components.seconds)), tv_usec: 0)
        unsafe setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if let source { try bind(number, to: source) }
        let result = unsafe withUnsafeBytes(of: name) { bytes in
            unsafe bytes.withMemoryRebound(to: sockaddr.self) {
                unsafe Glibc.connect(number, $0.baseAddress, socklen_t(MemoryLayout<Name>.size))
            }
        }
        guard result == 0 else { throw SystemError.last("connect", subject) }
        return descriptor
    }

    private static func bind(_ number: Int32, to source: String) throws {
        var own = sockaddr_in()
        own.sin_family = sa_family_t(AF_INET)
        guard unsafe inet_pton(AF_INET, source, &own.sin_addr) == 1 else {
            throw SystemError(code: EINVAL, operation: "bind", subject: source)
        }
        let result = unsafe withUnsafeBytes(of: own) { bytes in
            unsafe bytes.withMemoryRebound(to: sockaddr.self) {
                unsafe Glibc.bind(number, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SystemError.last("bind", source) }
    }

    /// Blocks until the socket can be read or written.
    static func wait(
        _ number: Int32, for event: Int32, until deadline: ContinuousClock.Instant
    ) throws(RawHTTPError) {
        while true {
            let left = (deadline - .now).wholeMilliseconds
            var waiting = pollfd(fd: number, events: Int16(event), revents: 0)
            let ready = unsafe poll(&waiting, 1, Int32(clamping: max(0, left)))
            if ready > 0 { return }
            if ready == 0, ContinuousClock.now >= deadline { throw .timedOut }
        }
    }
}
