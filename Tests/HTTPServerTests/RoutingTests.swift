internal import HTTPServer
internal import TestSupport
internal import Testing

@Suite struct RoutingTests {
    private func routes(_ router: inout Router) {
        router.get("/") { _ in .text("root") }
        let collection = ParameterShape.path("collection", .text, "")
        router.get("/api/v2/{collection}", collection) { _, collection in .text("list \(collection)") }
        router.get("/api/v2/{collection}/{id}", collection, .path("id", .text, "")) { _, collection, id in
            .text("\(collection) \(id)")
        }
        router.get("/api/v2/characters/special") { _ in .text("special") }
        router.get("/api/v2/charades/{id}/history", .path("id", .text, "")) { _, id in .text("history \(id)") }
        router.get("/files/{path...}", .path("path", .text, "")) { _, path in .text("file \(path)") }
        router.post("/api/v2/{collection}", .path("collection", .text, "")) { request, _ in
            .text("made \(request.body.count)")
        }
        router.group("/admin") { admin in
            admin.get("/{name}", .path("name", .text, "")) { _, name in .text("admin \(name)") }
            admin.get("/{name}/number", .path("name", .int(), "")) { _, name in .text("\(name + 1)") }
        }
    }

    @Test(arguments: [
        ("/", 200, "root"),
        ("/?a=1", 400, ""),
        ("/api/v2/characters", 200, "list characters"),
        ("/api/v2/characters/7?x=y", 400, ""),
        ("/api/v2/characters/special", 200, "special"),
        ("/api/v2/characters/specials", 200, "characters specials"),
        ("/api/v2/charades/special", 200, "charades special"),
        ("/api/v2/charades/7/history", 200, "history 7"),
        ("/api/v2/characters/7/history", 404, ""),
        ("/api/v2/characters/a%2Fb", 200, "characters a/b"),
        ("/api/v2/%63haracters/%73pecial", 200, "special"),
        ("/api/v2/characters/Gr%C3%BC%C3%9Fe", 200, "characters Grüße"),
        ("/api/v2/characters/%2541", 200, "characters %41"),
        ("/api/v2/characters/%00", 400, ""),
        ("/api/v2/characters/%FF", 400, ""),
        ("/api/v2/characters/%4", 400, ""),
        ("/api/v2/characters/%-1", 400, ""),
        ("/api/v2/characters/", 404, ""),
        ("/api/v2", 404, ""),
        ("/files/", 200, "file "),
        ("/files/a/b/c.txt", 200, "file a/b/c.txt"),
        ("/files", 404, ""),
        ("/admin/x", 200, "admin x"),
        ("/admin/41/number", 200, "42"),
        ("/admin/x/number", 400, ""),
        ("http://example.org/api/v2/characters", 200, "list characters"),
        ("http://example.org", 200, "root"),
        ("HTTP://example.org:80", 200, "root"), ("HTTP://example.org:80?x", 400, ""),
    ])
    func aTargetFindsItsRoute(target: String, status: Int, text: String) async throws {
        try await serving(routes: routes) { _, client in
            let answer = try #require(await client.get(target))
            #expect(answer.status == status)
            if status == 200 {
                #expect(answer.text == text)
            } else {
                #expect(answer["Content-Type"] == "application/problem+json")
            }
        }
    }

    @Test func aParameterThatCannotBeReadIsNamed() async throws {
        try await serving(routes: routes) { _, client in
            let answer = try #require(await client.get("/admin/x/number"))
            #expect(answer.text.contains(#""parameter":"name""#))
            #expect(answer.text.contains(#""code":"invalid_parameters""#))
        }
    }

    @Test func aKnownPathWithoutTheMethodSaysWhichThereAre() async throws {
        try await serving(routes: routes) { _, client in
            try await client.send("DELETE /api/v2/characters HTTP/1.1\r\nHost: test\r\n\r\n")
            let answer = try #require(await client.answer())
            #expect(answer.status == 405)
            #expect(answer["Allow"] == "GET, HEAD, POST, OPTIONS")
            #expect(answer.text.contains(#""code":"method_not_allowed""#))
            // The connection goes on.
            #expect(await client.get("/")?.text == "root")
        }
    }

    @Test func headIsAnsweredAsGetWithoutTheBody() async throws {
        try await serving(routes: routes) { _, client in
            try await client.send("HEAD /api/v2/characters HTTP/1.1\r\nHost: test\r\n\r\n")
            let answer = try await client.responseHead()
            #expect(answer.status == 200)
            #expect(answer["Content-Length"] == "15")
            #expect(await client.get("/")?.text == "root")
        }
    }

    @Test(arguments: ["/api/v2/characters", "*"])
    func optionsSaysWhatIsAllowed(target: String) async throws {
        try await serving(routes: routes) { _, client in
            try await client.send("OPTIONS \(target) HTTP/1.1\r\nHost: test\r\n\r\n")
            let answer = try #require(await client.answer())
            #expect(answer.status == 204)
            #expect(answer["Allow"]?.contains("GET") == true)
        }
    }

    @Test func everyRouteIsListedWithWhatItSaysAboutItself() {
        var router = Router()
        let info = RouteInfo(name: "things.list", summary: "All things.", tags: ["things"])
        router.group("/api") { api in
            api.get("/things", info: info, .optional("limit", .int(), "How many.")) { _, _ in .empty() }
        }
        #expect(router.routes.map(\.pattern) == ["/api/things"])
        #expect(router.routes[0].method == .get)
        #expect(router.routes[0].info.name == "things.list")
        #expect(router.routes[0].parameters.map(\.name) == ["limit"])
    }

    @Test func whatIsAtHandIsAnsweredAtOnceAndTheRestIsWaitedFor() async throws {
        func routes(_ router: inout Router) {
            router.get("/{name}", .path("name", .text, "")) { (request) throws -> Response? in
                switch request.path {
                case "/known": .text("at hand")
                case "/refused": throw Problem.forbidden()
                default: nil
                }
            } otherwise: { _, name in
                await Task.yield()
                return .text("looked up \(name)")
            }
        }
        try await serving(routes: routes) { _, client in
            #expect(await client.get("/known")?.text == "at hand")
            #expect(await client.get("/other")?.text == "looked up other")
            #expect(await client.get("/refused")?.status == 403)
            #expect(await client.get("/known")?.text == "at hand")
        }
    }
}
