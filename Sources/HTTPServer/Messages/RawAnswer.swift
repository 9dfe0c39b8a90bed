/// Answers written past the library, where it can send none.
enum RawAnswer {
    /// A problem document after which the connection closes.
    static func encode(_ problem: Problem) -> [UInt8] {
        let body = problem.encoded()
        var head = "HTTP/1.1 \(problem.status)\r\nContent-Type: \(Problem.mediaType)\r\n"
        for (name, value) in problem.headers where !Headers.isSame(name, "Connection") {
            head += "\(name): \(value)\r\n"
        }
        if let requestID = problem.requestID { head += "X-Request-Id: \(requestID)\r\n" }
        head += "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + body
    }
}
