internal import HTTPServer
internal import JSON
internal import Telemetry
internal import TestSupport
internal import Testing

@Suite struct MiddlewareTests {
    private struct Visitor: Sendable { let name: String }

    /// Lets in who says a name, and counts whom it saw.
    private struct Door: Middleware {
        let seen: Tally

        func before(_ request: inout Request) throws -> Response? {
            seen.add()
            guard let name = request.header("X-Visitor") else { throw Problem.unauthorized() }
            if name == "nobody" { return .text("Nobody is answered at the door.") }
            request.attachments[Visitor.self] = Visitor(name: name)
            return nil
        }

        func after(_ request: Request, _ response: inout Response) {
            response.headers["X-Door"] = request.attachments[Visitor.self]?.name ?? "closed"
        }
    }

    private struct Mark: Middleware {
        let name: String

        func after(_ request: Request, _ response: inout Response) { response.headers.add("X-Mark", name) }
    }

    @Test func itSeesARequestBeforeItsBodyAndItsAnswerAfterwards() async throws {
        let handled = Tally()
        let seen = Tally()
        try await serving { router in
            router.use(Mark(name: "outermost"))
            router.group("/inside") { inside in
                inside.use(Door(seen: seen))
                inside.post("/direct") { request in
                    handled.add()
                    return .text(request.attachments[Visitor.self]?.name ?? "nobody")
                }
                inside.on(.post, "/task") { request async in
                    handled.add()
                    return .html("<p>\(request.attachments[Visitor.self]?.name ?? "nobody")</p>")
                }
            }
        } _: { server, client in
            let answer = try #require(await client.post("/inside/direct", "x", "X-Visitor: Ada"))
            #expect(answer.text == "Ada")
            #expect(answer["X-Door"] == "Ada")
            #expect(answer["X-Mark"] == "outermost")
            try await client.send("POST /inside/task HTTP/1.1\r\nHost: t\r\nX-Visitor: Bob\r\n\r\n")
            let page = try #require(await client.answer())
            #expect(page.text == "<p>Bob</p>")
            #expect(page["X-Mark"] == "outermost")
            #expect(
                await client.post("/inside/direct", "x", "X-Visitor: nobody")?.text == "Nobody is answered at the door."
            )
            // A visitor without a name is sent away before the body comes.
            try await client.send(
                "POST /inside/direct HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n")
            let refused = try #require(await client.answer())
            #expect(refused.status == 401)
            #expect(refused["X-Door"] == "closed")
            #expect(refused["WWW-Authenticate"] == "Bearer")
            #expect(handled.count == 2)
            #expect(seen.count == 4)
            // Refusals get the headers of the outermost middleware too.
            let other = try server.newClient()
            #expect(await other.get("/nowhere")?["X-Mark"] == "outermost")
            #expect(await other.get("/%zz")?["X-Mark"] == "outermost")
            #expect(seen.count == 4)
        }
    }

    @Test func theOuterOneSpeaksLast() async throws {
        try await serving { router in
            router.use(Mark(name: "outer"))
            router.group("/a") { a in
                a.use(Mark(name: "middle"))
                a.group("/b") { b in
                    b.use(Mark(name: "inner"))
                    b.get("/c") { _ in .empty() }
                }
            }
        } _: { _, client in
            let answer = try #require(await client.get("/a/b/c"))
            #expect(answer.headers.filter { $0.name == "X-Mark" }.map(\.value) == ["inner", "middle", "outer"])
        }
    }

    @Test func anAnswerMadeBeforehandGoesOutEachTimeWithAnIdentifierOfItsOwn() async throws {
        let prepared = Response(
            headers: ["Content-Type": "application/json", "ETag": "\"1\""], body: .bytes(Array("{}".utf8)))
        try await serving { router in
            router.get("/plain") { _ in prepared }
            router.group("/marked") { marked in
                marked.use(Mark(name: "new"))
                marked.get("/") { _ in prepared }
            }
        } _: { _, client in
            var identifiers: Set<String> = []
            for _ in 0..<3 {
                let plain = try #require(await client.get("/plain"))
                #expect(plain.text == "{}")
                #expect(plain["ETag"] == "\"1\"")
                identifiers.insert(try #require(plain["X-Request-Id"]))
            }
            #expect(identifiers.count == 3)
            #expect(await client.get("/plain", "X-Request-Id: mine")?["X-Request-Id"] == "mine")
            let marked = try #require(await client.get("/marked/"))
            #expect(marked["X-Mark"] == "new")
            #expect(marked["ETag"] == "\"1\"")
            #expect(marked.text == "{}")
        }
    }

    @Test func aHeaderThatWouldSplitTheAnswerIsNotSent() async throws {
        let book = LogBook()
        try await serving(logger: book.logger) { router in
            router.get("/split") { _ in .redirect(to: "/x\r\nSet-Cookie: a=b") }
        } _: { _, client in
            let answer = try #require(await client.get("/split"))
            #expect(answer.status == 500)
            #expect(answer["Set-Cookie"] == nil)
            #expect(book.entries.count { $0.level == .error } == 1)
        }
    }

    @Test func bodiesAreReadWithProblemsThatNameTheField() async throws {
        try await serving { router in
            router.post("/json") { request in .json(try request.json().encoded()) }
            router.post("/form") { request in
                let form = try request.form().read(.required("count", .int(in: 1...9), ""))
                return .text("\(form)")
            }
            router.get("/page", .optional("limit", .int(in: 1...200), default: 50, "")) { _, limit in
                .text("\(limit)")
            }
            router.get("/kind") { request in .text(try request.preferred(of: [.json, .html]).essence) }
        } _: { _, client in
            let json = "Content-Type: application/json"
            #expect(await client.post("/json", #"{"a": 1}"#, json)?.text == #"{"a":1}"#)
            #expect(await client.post("/json", #"{"a": }"#, json)?.text.contains("line 1, column 7") == true)
            #expect(await client.post("/json", "{}", "Content-Type: text/plain")?.status == 415)
            let form = "Content-Type: application/x-www-form-urlencoded"
            #expect(await client.post("/form", "count=7", form)?.text == "7")
            let wrong = try #require(await client.post("/form", "count=10", form))
            #expect(wrong.status == 400)
            #expect(wrong.text.contains(#""parameter":"count""#))
            #expect(await client.get("/page?limit=3")?.text == "3")
            #expect(await client.get("/page?limit=0")?.text.contains(#""parameter":"limit""#) == true)
            #expect(await client.get("/kind", "Accept: text/html, application/json;q=0.5")?.text == "text/html")
            #expect(await client.get("/kind", "Accept: image/png")?.status == 406)
        }
    }
}
