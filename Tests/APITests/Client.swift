import JSON
import System
import TestSupport

/// Asks a server on one connection, one request after the other.
struct Client: Sendable {
    private let connection: RawHTTP
    private let token: String?
    /// What came of a stream and was not looked at yet.
    private let received = Received()

    private final class Received: Sendable {
        private let bytes = Lock<[UInt8]>([])

        func withLock<Result>(_ body: (inout [UInt8]) throws -> Result) rethrows -> Result { try bytes.withLock(body) }
    }

    init(_ address: RawHTTP.Address, token: String?) throws {
        connection = try RawHTTP(address, patience: .seconds(60))
        self.token = token
    }

    /// - Parameters:
    ///   - request: method and target, such as `GET /api/v2/characters`.
    ///   - body: sent as JSON, as it is.
    func send(
        _ request: String, _ body: [UInt8]? = nil, _ headers: [String: String] = [:]
    ) async throws -> Answer {
        let method = try await ask(request, body, headers)
        return Answer(request: request, raw: try await connection.response(to: method))
    }

    /// Asks for a stream and reads its head; what comes behind is left to ``nextEvent()``.
    func open(_ request: String, _ headers: [String: String] = [:]) async throws -> Answer {
        _ = try await ask(request, nil, headers)
        return Answer(request: request, raw: try await connection.responseHead())
    }

    /// The data of the next event of a stream that was opened.
    func nextEvent() async throws -> JSONValue {
        while true {
            // Only what ended with a line's end is whole.
            while let end = received.withLock({ $0.firstIndex(of: UInt8(ascii: "\n")) }) {
                let line = received.withLock { received in
                    defer { received.removeFirst(end + 1) }
                    return Array(received[..<end])
                }
                if line.starts(with: "data: ".utf8) { return try JSONValue(parsing: Array(line.dropFirst(6))) }
            }
            let chunk = try await connection.chunk()
            if chunk.isEmpty { return .null }
            received.withLock { $0 += chunk }
        }
    }

    private func ask(_ request: String, _ body: [UInt8]?, _ headers: [String: String]) async throws -> String {
        let words = request.split(separator: " ", maxSplits: 1)
        var head = "\(words[0]) \(words[1]) HTTP/1.1\r\nHost: test\r\n"
        if let token, headers["Authorization"] == nil { head += "Authorization: Bearer \(token)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body {
            if headers["Content-Type"] == nil { head += "Content-Type: application/json\r\n" }
            head += "Content-Length: \(body.count)\r\n"
        } else if words[0] == "POST" {
            head += "Content-Length: 0\r\n"
        }
        try await connection.send(Array("\(head)\r\n".utf8) + (body ?? []))
        return String(words[0])
    }

    func send(_ request: String, _ body: JSONValue, _ headers: [String: String] = [:]) async throws -> Answer {
        try await send(request, body.encoded(), headers)
    }

    func get(_ target: String, _ headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET \(target)", nil, headers)
    }
}

struct Answer: Sendable {
    let request: String
    let raw: RawResponse

    var status: Int { raw.status }
    var bytes: [UInt8] { raw.body }
    /// What came; null where it is no JSON.
    var json: JSONValue { (try? JSONValue(parsing: raw.body)) ?? .null }
    var code: String? { json["code"]?.string }
    var id: String { json["id"]?.string ?? "none" }
    var ids: [String] { (json["items"]?.array ?? []).compactMap { $0["id"]?.string } }
    var names: [String] { (json["items"]?.array ?? []).compactMap { $0["data"]?["name"]?.string } }
    /// The fields that were refused.
    var places: [String] {
        (json["errors"]?.array ?? []).compactMap { ($0["pointer"] ?? $0["parameter"] ?? $0["header"])?.string }
    }

    func header(_ name: String) -> String? { raw[name] }
}
