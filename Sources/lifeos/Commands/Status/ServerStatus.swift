import CLI
import HTTPClient
import JSON
import Service
import System
import Telemetry

/// A server that runs on this home, and whether it is ready.
struct ServerStatus: Sendable {
    enum Readiness: Sendable, Equatable {
        case ready
        /// What `/health/ready` says of each check that is not ok.
        case troubled(isReady: Bool, [String])
        case noAnswer(String)
    }

    let record: ServerRecord
    let readiness: Readiness

    var isReady: Bool {
        switch readiness {
        case .ready, .troubled(isReady: true, _): true
        case .troubled(isReady: false, _), .noAnswer: false
        }
    }

    private static let timeout: Duration = .seconds(5)

    /// Asks each server whether it is ready.
    static func all(in home: String) async -> [ServerStatus] {
        var statuses: [ServerStatus] = []
        for record in ServerRecord.running(in: home) {
            statuses.append(ServerStatus(record: record, readiness: await readiness(of: record)))
        }
        return statuses
    }

    private static func readiness(of record: ServerRecord) async -> Readiness {
        do {
            var configuration = HTTPClient.Configuration()
            configuration.proxy = .none
            configuration.timeouts.total = timeout
            let client = try HTTPClient(configuration: configuration, metrics: Metrics(), logger: .silent)
            let answer = try await client.send(request(to: record.address), purpose: "status")
            await client.shutdown()
            let troubles = (try JSONValue(parsing: answer.body)["checks"]?.array ?? []).compactMap { check in
                check["status"] == "ok"
                    ? nil : "\(check["name"]?.string ?? "?"): \(check["detail"]?.string ?? "no detail")"
            }
            let isReady = answer.status == 200
            return isReady && troubles.isEmpty ? .ready : .troubled(isReady: isReady, troubles)
        } catch {
            return .noAnswer("\(error)")
        }
    }

    private static func request(to address: String) -> HTTPClient.Request {
        let parts = address.split(separator: "//", maxSplits: 1).map(String.init)
        if let place = parts.last, place.hasPrefix("unix:") {
            var request = HTTPClient.Request(.get, "\(parts[0])//localhost/health/ready")
            request.unixSocketPath = String(place.dropFirst(5))
            return request
        }
        // A server that listens on every address of this machine is asked at the loopback.
        let reachable = address.replacing("//0.0.0.0:", with: "//127.0.0.1:").replacing("//[::]:", with: "//[::1]:")
        return HTTPClient.Request(.get, "\(reachable)/health/ready")
    }

    var sentence: String {
        let what = record.fork.map { "the fork \($0) " } ?? ""
        let start = "\(what)at \(record.address), process \(record.processID), since \(record.startedAt.seconds)"
        return switch readiness {
        case .ready: "ready, \(start)"
        case .troubled(let isReady, let troubles):
            "\(isReady ? "ready, with warnings" : "not ready"), \(start). \(troubles.joined(separator: " "))"
        case .noAnswer(let error): "does not answer, \(start): \(error)"
        }
    }

    var json: JSONValue {
        var object: JSONObject = [
            "process": .integer(record.processID), "address": .string(record.address),
            "version": .string(record.version), "commit": record.commit.map { .string($0) } ?? .null,
            "started_at": .string(record.startedAt.description), "fork": record.fork.map { .string($0) } ?? .null,
            "ready": .bool(isReady),
        ]
        switch readiness {
        case .ready: break
        case .troubled(_, let troubles): object["troubles"] = .array(troubles.map { .string($0) })
        case .noAnswer(let error): object["troubles"] = .array([.string(error)])
        }
        return .object(object)
    }
}
