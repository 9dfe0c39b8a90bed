import JSON
import TestSupport
import Testing

@Suite struct ProjectionTests {
    /// What a request says of itself stands at the first event of the work, and the others refer to it.
    @Test(arguments: ["rebuild", "check"])
    func theEventsOfAnOperationBelongToTheRequest(verb: String) async throws {
        try await Studio.with { studio in
            let client = try studio.client()
            _ = try await client.send("POST /api/v2/characters", ["name": "Ada"])
            let correlation = "0197a1b2-7c3d-7000-8000-00000000000f"
            let headers = ["X-Correlation-Id": correlation, "X-Reason": "To see", "Idempotency-Key": "once"]
            let body: [UInt8]? = verb == "check" ? nil : Array("{}".utf8)
            let begun = try await client.send("POST /api/v2/admin/projections/\(verb)", body, headers)
            #expect(begun.status == 202)
            try await eventually(within: .seconds(60), "the \(verb) is done") {
                try await client.get("/api/v2/admin/projections").json["operation"] == nil
            }
            let answer = try await client.get("/api/v2/admin/events?correlation=\(correlation)")
            let events = answer.json["items"]?.array ?? []
            let types = events.compactMap { $0["type"]?.string }
            #expect(types.first == "operation.started")
            #expect(types.last == "operation.completed")
            #expect(events.allSatisfy { $0["stream"] == begun.json["operation"] })
            let first = try #require(events.first?["meta"])
            #expect(first["reason"] == "To see")
            #expect(first["request_id"]?.string == begun.header("X-Request-Id"))
            #expect(first["idempotency_key"] == nil)
            #expect(events.dropFirst().allSatisfy { $0["meta"]?["causation"] == first["command"] })
            let result = events.last?["data"]?["result"]
            #expect(verb == "check" ? result?["is_clean"] == true : result?["position"] != nil)
        }
    }
}
