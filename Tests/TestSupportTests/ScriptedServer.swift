import Glibc
import System

/// Answers each connection with given bytes, whatever is asked, and keeps what was asked.
final class ScriptedServer: Sendable {
    struct Answer: Sendable {
        var bytes: String
        /// Whether the server closes after its answer; else the connection stays open without a word.
        var closes = true
    }

    let port: UInt16
    private let listening: Int32
    private let record = Record()

    var requests: [String] { record.asked.withLock { $0 } }

    init(answer: @escaping @Sendable (_ request: String) -> Answer) throws {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.listening = listening
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        unsafe inet_pton(AF_INET, "127.0.0.1", &name.sin_addr)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listening, $0, size) == 0 && listen(listening, 16) == 0
                    && getsockname(listening, $0, &size) == 0
            }
        }
        guard bound else { throw SystemError.last("bind") }
        port = UInt16(bigEndian: name.sin_port)
        Thread.detach(name: "scripted") { [listening, record] in
            while true {
                let connection = accept(listening, nil, nil)
                guard connection >= 0 else { return }
                record.serve(FileDescriptor(adopting: connection), answer)
            }
        }
    }

    deinit {
        // Wakes the thread, which then finds the socket closed for good.
        shutdown(listening, Int32(SHUT_RDWR))
        close(listening)
        for connection in record.kept.withLock({ $0 }) { close(connection) }
    }

    private final class Record: Sendable {
        let asked = Lock<[String]>([])
        let kept = Lock<[Int32]>([])

        func serve(_ connection: consuming FileDescriptor, _ answer: (String) -> Answer) {
            var request = ""
            while !request.contains("\r\n\r\n"), let bytes = try? connection.read(upTo: 64 << 10), !bytes.isEmpty {
                request += String(decoding: bytes, as: UTF8.self)
            }
            asked.withLock { $0.append(request) }
            let answer = answer(request)
            try? connection.write(Array(answer.bytes.utf8).span)
            if !answer.closes {
                let number = connection.release()
                kept.withLock { $0.append(number) }
            }
        }
    }
}
