internal import Glibc
internal import System
internal import TestSupport

/// What nearly every test does, in a word. Where a server says nothing, or nonsense, there is no answer.
extension RawHTTP {
    func answer() -> RawResponse? { try? response() }

    func get(_ target: String, _ headers: String...) -> RawResponse? {
        try? send("GET \(target) HTTP/1.1\r\nHost: test\r\n\(headers.map { $0 + "\r\n" }.joined())\r\n")
        return answer()
    }

    func post(_ target: String, _ body: String, _ headers: String...) -> RawResponse? {
        let lines = headers.map { $0 + "\r\n" }.joined()
        try? send("POST \(target) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n\(lines)\r\n\(body)")
        return answer()
    }

    /// Whether the server still takes something.
    func takes(_ bytes: [UInt8]) -> Bool { (try? send(bytes)) != nil }

    func chunkText() -> String? { (try? chunk()).map { String(decoding: $0, as: UTF8.self) } }

    /// Reads until the server closes, however long that takes it.
    func readToEnd() { while let bytes = try? receive(), !bytes.isEmpty {} }
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
