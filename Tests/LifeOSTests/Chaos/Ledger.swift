import HTTPClient
import JSON
import System
import TestSupport
import Testing

/// What was asked for, what was promised, and what nobody knows yet.
final class Ledger: Sendable {
    /// A request that can be repeated as often as one likes.
    struct Order: Sendable {
        let name: String
        let key: String
        let method: HTTPClient.Method
        let path: String
        let body: String

        func send(to lifeos: RunningLifeOS) async throws -> HTTPClient.Response {
            let headers: HTTPClient.Headers = [
                "Authorization": "Bearer \(RunningLifeOS.token)", "Content-Type": "application/json",
                "Idempotency-Key": key,
            ]
            return try await lifeos.client.send(
                .init(method, lifeos.address + path, headers: headers, body: .text(body)))
        }
    }

    private struct State {
        var versions: [String: (id: String, version: Int)] = [:]
        var creations: [Order] = []
        var doubtful: [Order] = []
        var promiseCount = 0
    }

    private let state = Lock(State())

    var promiseCount: Int { state.withLock { $0.promiseCount } }

    /// Takes an answer down; returns the entity's id where it was a promise.
    @discardableResult
    func take(_ order: Order, _ response: HTTPClient.Response) throws -> String? {
        guard response.status == 200 || response.status == 201 else {
            doubt(order)
            return nil
        }
        let json = try JSONValue(parsing: response.body)
        let id = try #require(json["id"]?.string)
        let version = try #require(json["version"]?.integer)
        state.withLock { state in
            if let known = state.versions[order.name] { #expect(known.id == id, "\(order.name) is there twice") }
            state.versions[order.name] = (id, version)
            if order.method == .post { state.creations.append(order) }
            state.promiseCount += 1
        }
        return id
    }

    func doubt(_ order: Order) { state.withLock { $0.doubtful.append(order) } }

    /// Repeats what got no answer until it gets one: it is carried out once, whether or not it was before.
    func settle(with lifeos: RunningLifeOS) async throws {
        let orders = state.withLock { state in
            defer { state.doubtful = [] }
            return state.doubtful
        }
        for order in orders {
            try await eventually(within: .seconds(60), "\(order.key) is answered") {
                guard let response = try? await order.send(to: lifeos), response.status < 300 else { return false }
                try self.take(order, response)
                return true
            }
        }
    }

    /// Looks whether everything that was promised is there, once, and nothing else.
    func audit(with lifeos: RunningLifeOS, using random: inout SeededRandom) async throws {
        let (versions, creations) = state.withLock { ($0.versions, $0.creations) }
        let list = try await get("/api/v2/characters?limit=1", from: lifeos)
        #expect(list["total"]?.integer == versions.count)
        for name in versions.keys.sorted().shuffled(using: &random).prefix(40) {
            let promised = try #require(versions[name])
            let entity = try await get("/api/v2/characters/\(promised.id)", from: lifeos)
            #expect(entity["version"]?.integer == promised.version, "\(name)")
            #expect(entity["data"]["name"]?.string == name)
        }
        for order in creations.shuffled(using: &random).prefix(5) {
            let again = try await order.send(to: lifeos)
            #expect(again.status == 201)
            #expect(try JSONValue(parsing: again.body)["id"]?.string == versions[order.name]?.id)
        }
    }

    /// Comes back as long as it is told to: a database that was killed takes a moment to recover.
    private func get(_ path: String, from lifeos: RunningLifeOS) async throws -> JSONValue {
        var answer: JSONValue = .null
        try await eventually(within: .seconds(60), "\(path) is answered") {
            let response = try await lifeos.get(path, headers: ["Authorization": "Bearer \(RunningLifeOS.token)"])
            if response.status == 503, response.headers["Retry-After"] != nil { return false }
            #expect(response.status == 200, "\(path): \(response.text)")
            answer = try JSONValue(parsing: response.body)
            return true
        }
        return answer
    }
}

/// Eight that write without a pause: an entity, then a change to it.
final class Writers: Sendable {
    private let ledger: Ledger
    private let round: Int
    private let lifeos: RunningLifeOS
    private let isStopped = Lock(false)

    init(_ ledger: Ledger, round: Int, _ lifeos: RunningLifeOS) {
        self.ledger = ledger
        self.round = round
        self.lifeos = lifeos
    }

    func stop() { isStopped.withLock { $0 = true } }

    /// Ends when told, or when nobody listens any more.
    func run() async {
        await withTaskGroup { group in
            for worker in 1...8 { group.addTask { await self.write(worker) } }
        }
    }

    private func write(_ worker: Int) async {
        var number = 0
        while !isStopped.withLock({ $0 }) {
            number += 1
            let name = "r\(round)-w\(worker)-\(number)"
            let create = Ledger.Order(
                name: name, key: "create-\(name)", method: .post, path: "/api/v2/characters",
                body: #"{"name":"\#(name)"}"#)
            guard let created = await attempt(create) else { return }
            guard let id = created.id, number.isMultiple(of: 2) else { continue }
            let change = Ledger.Order(
                name: name, key: "change-\(name)", method: .patch, path: "/api/v2/characters/\(id)",
                body: #"{"occupation":"painter"}"#)
            if await attempt(change) == nil { return }
        }
    }

    /// Nil when nobody listens.
    private func attempt(_ order: Ledger.Order) async -> (id: String?, Void)? {
        do {
            let response = try await order.send(to: lifeos)
            return (try ledger.take(order, response), ())
        } catch {
            ledger.doubt(order)
            return nil
        }
    }
}
