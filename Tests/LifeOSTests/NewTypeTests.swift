import HTTPClient
import JSON
import System
import TestSupport
import Testing

/// A new entity type is one file: everything else follows from it.
@Suite struct NewTypeTests {
    private static let teapot = """
        {"type": "teapot", "collection": "teapots", "title": "Teapot", "plural": "Teapots", "icon": "🫖",
        "description": "What tea is made in.", "version": 1, "name_field": "name",
        "schema": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 100, "description": "What it is called."},
            "cups": {"type": "integer", "minimum": 1, "maximum": 40, "description": "How much it holds."},
            "owner": {"type": "string", "format": "uuid", "x-references": ["character"], "description": "Whose it is."}}},
        "search": {"name": "A"}}
        """

    @Test func aFileDroppedIntoTheFolderIsATypeAfterARestart() async throws {
        let folder = try TemporaryFolder()
        var lifeos = try await RunningLifeOS.start(home: folder.path)
        let jenny = try await send(.post, "characters", #"{"name":"Jenny"}"#, to: lifeos)
        #expect(try await lifeos.get("/api/v2/teapots", headers: Self.headers).status == 404)
        _ = try await lifeos.stop()

        let types = try TemporaryFolder("types")
        try Files.replace(types.path("teapot.json"), with: Array(Self.teapot.utf8))
        let shipped = try #require(RunningLifeOS.environment(home: folder.path)["LIFEOS_CATALOGUE"])
        let environment = ["LIFEOS_CATALOGUE": "\(shipped):\(types.path)"]
        lifeos = try await RunningLifeOS.start(home: folder.path, environment)
        let owner = try #require(jenny["id"]?.string)
        let pot = try await send(.post, "teapots", #"{"name":"Brown Betty","cups":6,"owner":"\#(owner)"}"#, to: lifeos)
        let id = try #require(pot["id"]?.string)
        _ = try await send(.patch, "teapots/\(id)", #"{"cups":8}"#, to: lifeos)

        let found = try await get("/api/v2/teapots?q=bety&filter=cups:gte:7", from: lifeos)
        #expect(found["total"]?.integer == 1)
        #expect(try await get("/api/v2/teapots/\(id)/history", from: lifeos)["total"]?.integer == 2)
        #expect(try await get("/api/v2/teapots/\(id)?as_of=\(2)", from: lifeos)["data"]["cups"]?.integer == 6)
        #expect(
            try await get("/api/v2/characters/\(owner)/references", from: lifeos)["incoming"][0]["type"]?.string
                == "teapot")
        let paths = try await get("/openapi.json", from: lifeos)["paths"]
        #expect(paths["/api/v2/teapots/{id}/history"]?.object != nil)
        for command in [["projections", "rebuild"], ["projections", "check"]] {
            let result = try await RunningLifeOS.run(command, home: folder.path, environment)
            #expect(result.exit.isSuccess, "\(command): \(result.errorText)")
        }
        #expect(try await get("/api/v2/teapots/\(id)", from: lifeos)["data"]["cups"]?.integer == 8)
        #expect(try await lifeos.stop()?.isSuccess == true)
    }

    private static let headers: HTTPClient.Headers = [
        "Authorization": "Bearer \(RunningLifeOS.token)", "Content-Type": "application/json",
    ]

    private func send(
        _ method: HTTPClient.Method, _ path: String, _ body: String, to lifeos: RunningLifeOS
    ) async throws -> JSONValue {
        let response = try await lifeos.client.send(
            .init(method, "\(lifeos.address)/api/v2/\(path)", headers: Self.headers, body: .text(body)))
        #expect(response.status < 300, "\(response.text)")
        return try JSONValue(parsing: response.body)
    }

    private func get(_ path: String, from lifeos: RunningLifeOS) async throws -> JSONValue {
        let response = try await lifeos.get(path, headers: Self.headers)
        #expect(response.status == 200, "\(path): \(response.text)")
        return try JSONValue(parsing: response.body)
    }
}
