internal import HTTPServer
internal import System
internal import Telemetry
internal import TestSupport
internal import Testing

@Suite struct StreamingTests {
    private struct Mishap: Error {}

    @Test func aBodyIsHandedOnWhileItArrives() async throws {
        let seen = Tally()
        try await serving { router in
            router.on(.post, "/count", body: .streamed(bytesMax: 1 << 30)) { request in
                var total = 0
                for try await chunk in request.stream {
                    total += chunk.count
                    seen.add(chunk.count)
                }
                return .text("\(total)")
            }
        } _: { _, client in
            try await client.send("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n12345")
            try await eventually { seen.count == 5 }
            try await client.send("67890")
            #expect(await client.answer()?.text == "10")
            try await client.send("POST /count HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            try await eventually { seen.count == 13 }
            try await client.send("2\r\nde\r\n0\r\n\r\n")
            #expect(await client.answer()?.text == "5")
        }
    }

    @Test func aSlowReaderSlowsTheClientDown() async throws {
        let gate = Gate()
        var configuration = HTTPServer.Configuration()
        configuration.limits.streamBufferBytesMax = 16 << 10
        let total = 32 << 20
        let sent = Tally()
        try await serving(configuration) { router in
            router.on(.post, "/slow", body: .streamed(bytesMax: 1 << 30)) { request in
                await gate.pass()
                var count = 0
                for try await chunk in request.stream { count += chunk.count }
                return .text("\(count)")
            }
        } _: { server, client in
            let sending = Task {
                try await client.send("POST /slow HTTP/1.1\r\nHost: t\r\nContent-Length: \(total)\r\n\r\n")
                let piece = [UInt8](repeating: 120, count: 64 << 10)
                for _ in 0..<total / piece.count {
                    try await client.send(piece)
                    sent.add(piece.count)
                }
                return await client.answer()?.text
            }
            // What the kernel holds for both sides is a few megabytes; the rest has to stay with the client.
            try await steady { sent.count }
            #expect(sent.count < total)
            await gate.open()
            #expect(try await sending.value == "\(total)")
        }
    }

    @Test func aStreamedBodyThatIsTooLargeFailsInTheReadersHands() async throws {
        try await serving { router in
            router.on(.post, "/limited", body: .streamed(bytesMax: 8)) { request in
                for try await _ in request.stream {}
                return .text("all")
            }
        } _: { _, client in
            #expect(await client.post("/limited", "123456789")?.status == 413)
            #expect(await client.post("/limited", "12345678")?.text == "all")
            try await client.send(
                "POST /limited HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n")
            #expect(await client.answer()?.status == 413)
        }
    }

    @Test func anAnswerBeforeTheEndOfTheBodyIsSentAfterIt() async throws {
        try await serving { router in
            router.on(.post, "/early", body: .streamed(bytesMax: 1 << 20)) { _ in .text("early") }
        } _: { _, client in
            let body = String(repeating: "x", count: 300_000)
            #expect(await client.post("/early", body)?.text == "early")
            #expect(await client.post("/early", body)?.text == "early")
        }
    }

    @Test func anAnswerIsSentWhileItIsMade() async throws {
        let gate = Gate()
        try await serving { router in
            router.get("/stream") { _ in
                .stream(type: .plainText) { writer in
                    try await writer.write("first")
                    await gate.pass()
                    try await writer.write("second")
                }
            }
            router.get("/known") { _ in
                .stream(length: 200_000) { writer in
                    for _ in 0..<200 { try await writer.write(String(repeating: "k", count: 1_000)) }
                }
            }
        } _: { _, client in
            try await client.send("GET /stream HTTP/1.1\r\nHost: t\r\n\r\n")
            let head = try await client.responseHead()
            #expect(head["Transfer-Encoding"] == "chunked")
            #expect(try await client.chunk() == Array("first".utf8))
            await gate.open()
            #expect(try await client.chunk() == Array("second".utf8))
            #expect(try await client.chunk() == [])
            let known = try #require(await client.get("/known"))
            #expect(known["Content-Length"] == "200000")
            #expect(known.body.count == 200_000)
            try await client.send("HEAD /stream HTTP/1.1\r\nHost: t\r\n\r\n")
            // The library's last chunk, which belongs to nothing, is not mistaken for an answer: the connection ends.
            #expect(try await client.responseHead()["Connection"] == "close")
            #expect(try await client.chunk() == [])
            #expect(await client.closes())
        }
    }

    @Test func aSlowClientSlowsTheMakerDown() async throws {
        let made = Tally()
        let total = 64 << 20
        try await serving { router in
            router.get("/large") { _ in
                .stream { writer in
                    let piece = [UInt8](repeating: 1, count: 64 << 10)
                    for _ in 0..<total / piece.count {
                        try await writer.write(piece)
                        made.add(piece.count)
                    }
                }
            }
        } _: { server, client in
            try await client.send("GET /large HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
            try await steady { made.count }
            #expect(made.count < total)
            #expect(await client.answer()?.body.count == total)
        }
    }

    @Test func aClientThatGoesAwayEndsTheMaking() async throws {
        let ended = Tally()
        try await serving { router in
            router.get("/endless") { _ in
                .stream { writer in
                    defer { ended.add() }
                    while true { try await writer.write(String(repeating: "e", count: 10_000)) }
                }
            }
        } _: { server, _ in
            do {
                let visitor = try server.newClient()
                try await visitor.send("GET /endless HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(try await visitor.responseHead().status == 200)
            }
            try await eventually { ended.count == 1 }
        }
    }

    @Test func anAnswerThatFailsHalfwayIsCutOff() async throws {
        let book = LogBook()
        try await serving(logger: book.logger) { router in
            router.get("/half") { _ in
                .stream { writer in
                    try await writer.write("half")
                    throw Mishap()
                }
            }
        } _: { _, client in
            try await client.send("GET /half HTTP/1.1\r\nHost: t\r\n\r\n")
            // Without its last chunk the client knows that something is missing.
            #expect(await client.answer() == nil)
            #expect(book.entries.contains { $0.fields.contains { $0.name == "error" && $0.value.contains("Mishap") } })
        }
    }

    @Test func anUploadGoesToDiskWithinItsLimits() async throws {
        let folder = try TemporaryFolder("uploads")
        try await serving { router in
            router.on(.post, "/upload", body: .streamed(bytesMax: 1 << 20)) { request in
                var configuration = MultipartUpload.Configuration(folder: folder.path)
                configuration.limits.partBytesMax = 200_000
                let form = try await request.upload(configuration)
                let file = form.files[0]
                return .text("\(form.fields.values(of: "title")) \(file.part.fileName ?? "") \(file.sizeBytes)")
            }
        } _: { _, client in
            func body(_ count: Int) -> String {
                "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA map\r\n--b\r\n"
                    + "Content-Disposition: form-data; name=\"file\"; filename=\"../map.png\"\r\n\r\n"
                    + String(repeating: "m", count: count) + "\r\n--b--\r\n"
            }
            let type = "Content-Type: multipart/form-data; boundary=b"
            #expect(await client.post("/upload", body(150_000), type)?.text == "[\"A map\"] map.png 150000")
            #expect(await client.post("/upload", body(200_001), type)?.status == 413)
            #expect(await client.post("/upload", "--b\r\n", type)?.status == 400)
            #expect(await client.post("/upload", "x", "Content-Type: text/plain")?.status == 415)
            // Nothing that was not kept stays.
            try await eventually { (try? Files.names(in: folder.path)) == [] }
        }
    }

    /// Waits until a number that grows has come to rest.
    private func steady(_ number: () -> Int) async throws {
        var last = -1
        var looks = 0
        try await eventually(within: .seconds(60)) {
            let now = number()
            looks = now == last && now > 0 ? looks + 1 : 0
            last = now
            return looks >= 20
        }
    }
}
