internal import Glibc
internal import HTTPServer
internal import System
internal import Testing

/// A socket and nothing between: sends any bytes and reads answers one by one. It blocks on a thread of its own, so
/// that waiting for an answer never keeps the server's tasks from making it.
actor RawClient {
    struct Answer: Sendable {
        var status = 0
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []

        subscript(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let socket: FileDescriptor
    private var pending: [UInt8] = []
    private let executor = ThreadExecutor(name: "raw-client")
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(_ address: ListenAddress, receiveBufferBytes: Int32? = nil) throws {
        switch address {
        case .address(let host, let port): socket = try Self.connect(host, port, receiveBufferBytes)
        case .unix(let path, _): socket = try Self.connect(path)
        }
        // No read waits longer than this, so that a hanging server fails a test instead of stopping it.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        _ = unsafe setsockopt(
            socket.number, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// `false` where the server does not take it any more.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    socket.number, buffer.baseAddress?.advanced(by: done), buffer.count - done, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            done += count
        }
        return true
    }

    func finishSending() { shutdown(socket.number, Int32(SHUT_WR)) }

    /// Some bytes; empty when the server closed or nothing came for long.
    func receive() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
            count = unsafe max(0, recv(socket.number, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// Everything until the server closes.
    func receiveAll() -> [UInt8] {
        var all = pending
        pending = []
        while true {
            let more = receive()
            if more.isEmpty { return all }
            all += more
        }
    }

    /// Whether the server closed without another byte. Waits for it, but not for ever.
    func isClosed() -> Bool {
        guard pending.isEmpty else { return false }
        var byte: UInt8 = 0
        let count = unsafe recv(socket.number, &byte, 1, 0)
        return count == 0 || count < 0 && errno == ECONNRESET
    }

    /// Bytes up to and including the mark; what comes after stays for the next reading.
    func receive(through mark: String) -> [UInt8]? {
        let mark = Array(mark.utf8)
        var bytes = pending
        while true {
            if let end = bytes.firstEnd(of: mark) {
                pending = Array(bytes[end...])
                return Array(bytes[..<end])
            }
            let more = receive()
            if more.isEmpty {
                pending = bytes
                return nil
            }
            bytes += more
        }
    }

    func receive(exactly count: Int) -> [UInt8]? {
        var bytes = pending
        while bytes.count < count {
            let more = receive()
            if more.isEmpty {
                pending = bytes
                return nil
            }
            bytes += more
        }
        pending = Array(bytes[count...])
        return Array(bytes[..<count])
    }

    /// The next answer; `nil` when the server closed before it was whole.
    func answer(toHead: Bool = false) -> Answer? {
        guard let head = receive(through: "\r\n\r\n") else { return nil }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        var answer = Answer()
        let statusLine = lines.first?.split(separator: " ") ?? []
        guard statusLine.count >= 2, statusLine[0] == "HTTP/1.1" || statusLine[0] == "HTTP/1.0",
            let status = Int(statusLine[1])
        else { return nil }
        answer.status = status
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            answer.headers.append((String(parts[0]), parts.count > 1 ? parts[1].trimmed : ""))
        }
        if toHead || status == 204 || status == 304 || status < 200 { return answer }
        if let length = answer["Content-Length"].flatMap({ Int($0) }) {
            guard let body = receive(exactly: length) else { return nil }
            answer.body = body
        } else if answer["Transfer-Encoding"] == "chunked" {
            guard let body = chunks() else { return nil }
            answer.body = body
        } else {
            answer.body = receiveAll()
        }
        return answer
    }

    /// Every answer until the server closes.
    func answers() -> [Answer] {
        var all: [Answer] = []
        while let answer = answer() { all.append(answer) }
        return all
    }

    /// One chunk; empty at the end.
    func chunk() -> [UInt8]? {
        guard let line = receive(through: "\r\n"),
            let count = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16),
            let bytes = receive(exactly: count + 2)
        else { return nil }
        return Array(bytes.dropLast(2))
    }

    private func chunks() -> [UInt8]? {
        var all: [UInt8] = []
        while let chunk = chunk() {
            if chunk.isEmpty { return all }
            all += chunk
        }
        return nil
    }

    func get(_ target: String, _ headers: String...) -> Answer? {
        send("GET \(target) HTTP/1.1\r\nHost: test\r\n\(headers.map { $0 + "\r\n" }.joined())\r\n")
        return answer()
    }

    func post(_ target: String, _ body: String, _ headers: String...) -> Answer? {
        let lines = headers.map { $0 + "\r\n" }.joined()
        send("POST \(target) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n\(lines)\r\n\(body)")
        return answer()
    }
}

extension RawClient {
    private static func connect(_ host: String, _ port: UInt16, _ receiveBufferBytes: Int32?) throws -> FileDescriptor {
        let isVersion6 = host.contains(":")
        let socket = FileDescriptor(
            adopting: Glibc.socket(isVersion6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        if var bytes = receiveBufferBytes {
            _ = unsafe setsockopt(socket.number, SOL_SOCKET, SO_RCVBUF, &bytes, 4)
        }
        var result: Int32
        if isVersion6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            unsafe inet_pton(AF_INET6, host, &address.sin6_addr)
            result = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(socket.number, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            unsafe inet_pton(AF_INET, host, &address.sin_addr)
            result = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(socket.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        guard result == 0 else { throw SystemError.last("connect", "\(host):\(port)") }
        return socket
    }

    private static func connect(_ path: String) throws -> FileDescriptor {
        let socket = FileDescriptor(adopting: Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(socket.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw SystemError.last("connect", path) }
        return socket
    }
}

extension [UInt8] {
    fileprivate func firstEnd(of mark: [UInt8]) -> Int? {
        guard count >= mark.count else { return nil }
        return (0...count - mark.count).first { start in self[start..<start + mark.count].elementsEqual(mark) }
            .map { $0 + mark.count }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

/// Leaves the file of a Unix socket behind that nobody listens on.
func bindAndAbandon(_ path: String) throws {
    let socket = FileDescriptor(adopting: Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe bind(socket.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    guard result == 0 else { throw SystemError.last("bind", path) }
}
