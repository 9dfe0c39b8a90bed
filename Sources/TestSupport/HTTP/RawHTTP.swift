internal import Glibc
public import System

/// A connection that sends any bytes and reads answers strictly: what a server gets wrong is an error here.
///
/// It blocks on its own thread, and never longer than its patience.
///
///     let connection = try await RawHTTP(.tcp(port: port))
///     try await connection.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
///     let response = try await connection.response()
///     #expect(response.status == 200)
public actor RawHTTP {
    public enum Address: Sendable, Hashable {
        /// An IPv4 or IPv6 address, not a name.
        case tcp(host: String = "127.0.0.1", port: UInt16)
        case unix(path: String)
    }

    private static let headBytesMax = 256 << 10

    private let socket: FileDescriptor
    private let patience: Duration
    private var pending: [UInt8] = []
    private let executor = ThreadExecutor(name: "raw-http")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Connects.
    ///
    /// - Parameters:
    ///   - source: the IPv4 address to come from, `127.0.0.2` say; default whatever the system takes.
    ///   - patience: the longest that any one call may take; default ten seconds.
    public init(_ address: Address, from source: String? = nil, patience: Duration = .seconds(10)) throws {
        self.patience = patience
        socket = try RawSocket.connect(address, from: source, patience: patience)
    }

    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends the bytes as they are.
    public func send(_ bytes: [UInt8]) throws {
        let deadline = ContinuousClock.now.advanced(by: patience)
        var done = 0
        while done < bytes.count {
            try RawSocket.wait(socket.number, for: POLLOUT, until: deadline)
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            let count = unsafe bytes[done...].withUnsafeBytes {
                unsafe Glibc.send(socket.number, $0.baseAddress, $0.count, flags)
            }
            if count >= 0 { done += count } else if errno != EAGAIN { throw RawHTTPError.closed(.last("send")) }
        }
    }

    /// Says that nothing more will be sent; answers can still be read.
    public func finishSending() { shutdown(socket.number, Int32(SHUT_WR)) }

    /// Reads one whole answer.
    ///
    /// - Parameters:
    ///   - method: what was asked with; the answer to `HEAD` has no body.
    ///   - skippingInterim: passes over answers such as `100 Continue`; default yes.
    public func response(to method: String = "GET", skippingInterim: Bool = true) throws -> RawResponse {
        let deadline = ContinuousClock.now.advanced(by: patience)
        while true {
            var response = try RawResponse(head: try head(deadline))
            if skippingInterim, response.isInterim, response.status != 101 { continue }
            response.body = try body(of: response, method, deadline)
            return response
        }
    }

    /// Reads the head of an answer and leaves its body for ``chunk()`` and ``receive()``.
    public func responseHead() throws -> RawResponse {
        try RawResponse(head: try head(ContinuousClock.now.advanced(by: patience)))
    }

    /// Reads one chunk of a body sent in chunks; empty at its end.
    public func chunk() throws -> [UInt8] { try chunk(ContinuousClock.now.advanced(by: patience)) }

    /// What comes next, at least a byte; empty when the server has closed.
    public func receive() throws -> [UInt8] {
        if pending.isEmpty { try fill(ContinuousClock.now.advanced(by: patience)) }
        defer { pending = [] }
        return pending
    }

    /// Waits for the server to close; `false` when it sends something instead, or does nothing.
    public func closes() -> Bool {
        guard pending.isEmpty else { return false }
        do {
            return try !fill(ContinuousClock.now.advanced(by: patience))
        } catch {
            if case .closed = error { return true }
            return false
        }
    }

    private func head(_ deadline: ContinuousClock.Instant) throws(RawHTTPError) -> [UInt8] {
        while true {
            if let end = pending.firstRange(of: [13, 10, 13, 10]) {
                defer { pending.removeSubrange(..<end.upperBound) }
                return Array(pending[..<end.lowerBound])
            }
            if pending.count > Self.headBytesMax { throw .malformed("a head of more than \(Self.headBytesMax) bytes") }
            guard try fill(deadline) else { throw .ended(after: pending) }
        }
    }

    private func body(
        of response: RawResponse, _ method: String, _ deadline: ContinuousClock.Instant
    ) throws(RawHTTPError) -> [UInt8] {
        switch try response.framing(to: method) {
        case .none: return []
        case .length(let length): return try take(length, deadline)
        case .untilClose:
            while try fill(deadline) {}
            defer { pending = [] }
            return pending
        case .chunked:
            var body: [UInt8] = []
            while true {
                let chunk = try chunk(deadline)
                if chunk.isEmpty { return body }
                body += chunk
            }
        }
    }

    private func chunk(_ deadline: ContinuousClock.Instant) throws(RawHTTPError) -> [UInt8] {
        let size = try RawResponse.chunkSize(try line(deadline))
        if size == 0 {
            // Trailer fields end with an empty line.
            while try !line(deadline).isEmpty {}
            return []
        }
        let chunk = try take(size, deadline)
        guard try take(2, deadline) == [13, 10] else { throw .malformed("a chunk without its line end") }
        return chunk
    }

    private func take(_ count: Int, _ deadline: ContinuousClock.Instant) throws(RawHTTPError) -> [UInt8] {
        while pending.count < count {
            guard try fill(deadline) else { throw .ended(after: pending) }
        }
        defer { pending.removeFirst(count) }
        return Array(pending.prefix(count))
    }

    private func line(_ deadline: ContinuousClock.Instant) throws(RawHTTPError) -> [UInt8] {
        while true {
            if let end = pending.firstRange(of: [13, 10]) {
                defer { pending.removeSubrange(..<end.upperBound) }
                return Array(pending[..<end.lowerBound])
            }
            guard try fill(deadline) else { throw .ended(after: pending) }
        }
    }

    /// - Returns: `false` when the server has closed.
    @discardableResult private func fill(_ deadline: ContinuousClock.Instant) throws(RawHTTPError) -> Bool {
        try RawSocket.wait(socket.number, for: POLLIN, until: deadline)
        do {
            let bytes = try socket.read(upTo: 64 << 10)
            pending += bytes
            return !bytes.isEmpty
        } catch {
            throw .closed(error)
        }
    }
}

/// Why a raw exchange did not work out.
public enum RawHTTPError: Error, CustomStringConvertible {
    /// Nothing happened for as long as the connection's patience lasts.
    case timedOut
    /// The connection broke.
    case closed(SystemError)
    /// The server closed in the middle of an answer, or before it.
    case ended(after: [UInt8])
    /// The answer is not HTTP/1.1.
    case malformed(String)

    public var description: String {
        switch self {
        case .timedOut: "the server did nothing for too long"
        case .closed(let error): "the connection broke: \(error)"
        case .ended(let bytes): "the server closed after \(String(reflecting: String(decoding: bytes, as: UTF8.self)))"
        case .malformed(let what): "the answer is malformed: \(what)"
        }
    }
}
