import Entities
import EventLog
import JSON
import System
import TestSupport
import Testing

@testable import API

@Suite struct OperationTests {
    @Test func anOperationIsFollowedFromItsFirstEventToItsLast() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            _ = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let begun = try await client.send("POST /api/v2/admin/projections/check")
            #expect(begun.status == 202, "\(begun.raw.text)")
            let follower = try studio.client()
            let events = try #require(begun.json["events"]?.string)
            #expect(try await follower.open("GET \(events)").status == 200)
            #expect(try await follower.nextEvent()["log"] != nil)
            var types: [String] = []
            while types.last != "operation.completed" {
                let event = try await follower.nextEvent()
                #expect(event["stream"] == begun.json["operation"])
                types.append(event["type"]?.string ?? "none")
            }
            #expect(types.first == "operation.started")
            let place = try #require(begun.header("Location"))
            #expect(try await client.get(place).json["data"]?["status"] == "completed")
        }
    }

    @Test func oneThatIsCancelledEndsAndCannotBeCancelledAgain() async throws {
        try await Studio.with { studio in
            let started = try await studio.startWaiting()
            let client = try studio.client()
            let path = "/api/v2/admin/operations/\(started.id)/cancel"
            let cancelled = try await client.send("POST \(path)", nil, ["X-Reason": "Not now"])
            #expect(cancelled.status == 202, "\(cancelled.raw.text)")
            #expect(cancelled.header("Location") == "/api/v2/operations/\(started.id)")
            try await eventually(within: .seconds(30), "it has ended") {
                try await client.get("/api/v2/operations/\(started.id)").json["data"]?["status"] == "cancelled"
            }
            let asked = try await client.get("/api/v2/admin/events?type=operation.cancel_requested").json["items"]?[0]
            #expect(asked?["meta"]?["reason"] == "Not now")
            let again = try await client.send("POST \(path)")
            #expect(again.status == 409)
            #expect(again.code == "operation_over")
            #expect(again.json["outcome"] == "cancelled")
        }
    }

    @Test func oneCanBeCancelledThroughAnotherNode() async throws {
        try await Studio.with { studio in
            try await studio.withOtherNode { address in
                let started = try await studio.startWaiting()
                let other = try Client(address, token: Studio.token)
                let answer = try await other.send("POST /api/v2/admin/operations/\(started.id)/cancel")
                #expect(answer.status == 202)
                try await eventually(within: .seconds(30), "it has ended") {
                    try await other.get("/api/v2/operations/\(started.id)").json["data"]?["status"] == "cancelled"
                }
            }
        }
    }

    @Test func whatExcludesAnotherIsRefusedAndTellsWhich() async throws {
        try await Studio.with { studio in
            let started = try await studio.startWaiting(exclusion: ProjectionWork.exclusion)
            let client = try studio.client()
            let answer = try await client.send("POST /api/v2/admin/projections/check")
            #expect(answer.status == 409)
            #expect(answer.code == "busy")
            #expect(answer.json["operation"]?.string == started.id.description)
        }
    }

    @Test func whatIsNoOperationCannotBeCancelled() async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            let character = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            for id in ["0197a1b2-7c3d-7000-8000-00000000000f", character.id] {
                let answer = try await client.send("POST /api/v2/admin/operations/\(id)/cancel")
                #expect(answer.status == 404)
                #expect(answer.code == "not_found")
            }
            #expect(try await client.send("POST /api/v2/admin/operations/none/cancel").status == 400)
        }
    }
}

extension Studio {
    /// Work that ends when it is cancelled.
    func startWaiting(exclusion: String? = nil) async throws -> Background.Started {
        try await background.start(
            .init("waiting", "Waiting", exclusion: exclusion) { _, reporter in
                let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
                defer { continuation.finish() }
                reporter.report(done: 1)
                for await _ in stream {}
                throw CancellationError()
            }, askedBy: .init(actor: "admin", command: service.identifiers.next()))
    }
}
