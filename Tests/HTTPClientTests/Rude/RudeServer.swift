import Glibc
import System

/// A server that does what its script says, byte for byte, whether that is HTTP or not. One thread a connection.
final class RudeServer: Sendable {
    typealias Script = @Sendable (RudeConnection) -> Void

    let port: UInt16
    private let listener: Int32
    private let ledger = Ledger()

    /// How many connections were made to it so far.
    var accepted: Int { ledger.accepted }
    /// How many of them are still open.
    var open: Int { ledger.open }

    /// Listens on a free port of the loopback address, or on a Unix socket.
    init(unixSocketPath: String? = nil, _ script: @escaping Script) {
        (listener, port) = unixSocketPath.map { (listen(at: $0), 0) } ?? listenOnLoopback()
        Thread.detach(name: "rude-accept") { [listener, ledger] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0, let index = ledger.enter(descriptor) else { break }
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                Thread.detach(name: "rude") {
                    script(RudeConnection(descriptor: descriptor, index: index))
                    ledger.leave(descriptor)
                }
            }
            close(listener)
        }
    }

    /// Ends the listening and every connection, and with them their threads.
    deinit {
        ledger.stop()
        shutdown(listener, Int32(SHUT_RDWR))
    }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }
}

/// The connections of a server.
private final class Ledger: Sendable {
    private struct State {
        var accepted = 0
        var open: Set<Int32> = []
        var isStopped = false
    }

    private let state = Lock(State())

    var accepted: Int { state.withLock { $0.accepted } }
    var open: Int { state.withLock { $0.open.count } }

    /// The connection's index, or nothing once the server has stopped.
    func enter(_ descriptor: Int32) -> Int? {
        state.withLock { state in
            if state.isStopped {
                close(descriptor)
                return nil
            }
            state.open.insert(descriptor)
            defer { state.accepted += 1 }
            return state.accepted
        }
    }

    /// Closes inside the lock, so that ``stop()`` never meets a descriptor that means something else by now.
    func leave(_ descriptor: Int32) {
        state.withLock { state in
            state.open.remove(descriptor)
            close(descriptor)
        }
    }

    func stop() {
        state.withLock { state in
            state.isStopped = true
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }
}

private func listenOnLoopback() -> (Int32, UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            let bound = unsafe bind(descriptor, pointer, length) == 0 && Glibc.listen(descriptor, 1_024) == 0
            precondition(bound, "\(SystemError.last("listen"))")
            unsafe getsockname(descriptor, pointer, &length)
        }
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
}

private func listen(at path: String) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            let length = socklen_t(MemoryLayout<sockaddr_un>.size)
            let bound = unsafe bind(descriptor, pointer, length) == 0 && Glibc.listen(descriptor, 1_024) == 0
            precondition(bound, "\(SystemError.last("listen", path))")
        }
    }
    return descriptor
}
