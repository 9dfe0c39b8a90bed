import JSON
import TestSupport

/// Asks a server on one connection, one request after the other.
struct Client: Sendable {
    private let connection: RawHTTP
    private let token: String?

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
        return Answer(request: request, raw: try await connection.response(to: String(words[0])))
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
