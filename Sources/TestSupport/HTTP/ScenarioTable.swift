/// Runs rows of ``Scenario`` against a server, one after the other, so that a row may build on those before it.
///
///     let table = ScenarioTable(address: .tcp(port: port), headers: [.admin: ["Authorization": "Bearer \(token)"]])
///     #expect(await table.failures([…]) == [])
public struct ScenarioTable: Sendable {
    private static let shownBytesMax = 400

    private let address: RawHTTP.Address
    private let headers: [Role: [String: String]]
    private let patience: Duration

    /// - Parameters:
    ///   - headers: what a role sends to be known; a guest usually nothing.
    ///   - patience: the longest that one request may take; default ten seconds.
    public init(address: RawHTTP.Address, headers: [Role: [String: String]], patience: Duration = .seconds(10)) {
        self.address = address
        self.headers = headers
        self.patience = patience
    }

    /// A line for each row and role that did not get what was expected; empty when all did.
    public func failures(_ scenarios: [Scenario]) async -> [String] {
        var failures: [String] = []
        for scenario in scenarios {
            for role in Role.allCases {
                guard let expectation = scenario.expect[role] else { continue }
                let place = "\(scenario.name) [\(scenario.method) \(scenario.path) as \(role)]"
                do {
                    try await scenario.prepare(role)
                    let response = try await ask(scenario, as: role)
                    let faults = expectation.faults(in: response)
                    if !faults.isEmpty {
                        let shown = String(decoding: response.body.prefix(Self.shownBytesMax), as: UTF8.self)
                        failures.append("\(place): \(faults.joined(separator: ", ")); got \(String(reflecting: shown))")
                    }
                } catch {
                    failures.append("\(place): \(error)")
                }
            }
        }
        return failures
    }

    private func ask(_ scenario: Scenario, as role: Role) async throws -> RawResponse {
        var request = "\(scenario.method) \(scenario.path) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
        for (name, value) in (headers[role] ?? [:]).sorted(by: { $0.key < $1.key }) {
            request += "\(name): \(value)\r\n"
        }
        for (name, value) in scenario.headers { request += "\(name): \(value)\r\n" }
        if let body = scenario.body {
            if !scenario.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
                request += "Content-Type: application/json\r\n"
            }
            request += "Content-Length: \(body.utf8.count)\r\n"
        }
        let connection = try RawHTTP(address, patience: patience)
        try await connection.send("\(request)\r\n\(scenario.body ?? "")")
        return try await connection.response(to: scenario.method)
    }
}
