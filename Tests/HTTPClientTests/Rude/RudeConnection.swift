import Glibc

/// One connection as its script sees it. Every wait ends when the client goes away or the server stops.
struct RudeConnection: Sendable {
    let descriptor: Int32
    /// 0 for the server's first connection.
    let index: Int

    /// A request's lines and body; `nil` when the client closed instead.
    struct Request: Sendable {
        var head: String
        var body: [UInt8] = []
        var line: String { String(head.prefix { $0 != "\r\n" }) }

        func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts[0].lowercased() == name.lowercased() {
                    return parts.count == 1 ? "" : String(parts[1].drop { $0 == " " })
                }
            }
            return nil
        }
    }

    /// Reads up to the empty line, and no further.
    func readHead() -> Request? {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard let byte = read(1).first else { return nil }
            bytes.append(byte)
        }
        return Request(head: String(decoding: bytes.dropLast(4), as: UTF8.self))
    }

    /// Reads a request with its body, chunked or not.
    func readRequest() -> Request? {
        guard var request = readHead() else { return nil }
        if let length = request.header("Content-Length").flatMap({ Int($0) }) {
            request.body = readExactly(length)
        } else if request.header("Transfer-Encoding") == "chunked" {
            request.body = readChunks()
        }
        return request
    }

    func readChunks() -> [UInt8] {
        var bytes: [UInt8] = []
        while let size = Int(readLine(), radix: 16), size > 0 {
            bytes += readExactly(size)
            _ = readLine()
        }
        _ = readLine()
        return bytes
    }

    func readLine() -> String {
        var bytes: [UInt8] = []
        while !bytes.suffix(2).elementsEqual("\r\n".utf8), let byte = read(1).first { bytes.append(byte) }
        return String(decoding: bytes.dropLast(2), as: UTF8.self)
    }

    func readExactly(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = read(min(64 << 10, count - bytes.count))
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// Whatever is there, at least one byte; empty once the client is gone.
    func read(_ limit: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = max(0, unsafe recv(descriptor, buffer.baseAddress, limit, 0))
        }
    }

    /// False once the client is gone.
    @discardableResult
    func send(_ text: String) -> Bool { send([UInt8](text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let sent = unsafe bytes[done...].withUnsafeBytes { buffer in
                unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            done += sent
        }
        return true
    }

    /// A complete answer with a length.
    @discardableResult
    func answer(_ status: String = "200 OK", _ body: String = "", headers: String = "") -> Bool {
        send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    /// Says that nothing more will come, and goes on listening.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Makes the coming close a reset, which throws away what the client has not read.
    func makeCloseAReset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Reads and forgets until the client is gone.
    func drain() { while !read(64 << 10).isEmpty {} }

    /// Waits until the client is gone without reading what it sends.
    func waitUntilGone() {
        let peerHasClosed: Int16 = 0x2000  // POLLRDHUP
        var waiting = pollfd(fd: descriptor, events: peerHasClosed, revents: 0)
        while unsafe poll(&waiting, 1, -1) < 0, errno == EINTR {}
    }

    /// Whether bytes, or the client's end, are there to be read now.
    var isReadable: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, 0) > 0
    }

    /// True when the client went away within the time; what it sends is thrown away.
    func isAbandoned(withinMilliseconds limit: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, limit) > 0 && read(4_096).isEmpty
    }
}
