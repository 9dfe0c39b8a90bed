internal import HTTPServer
internal import Telemetry
internal import TestSupport
internal import Testing

@Suite struct StoppingTests {
    @Test func stoppingLetsARequestUnderWayFinish() async throws {
        let gate = Gate()
        let begun = Tally()
        try await serving { router in
            router.get("/later") { _ in
                begun.add()
                await gate.pass()
                return .text("later")
            }
        } _: { server, client in
            try await client.send("GET /later HTTP/1.1\r\nHost: t\r\n\r\n")
            try await eventually { begun.count == 1 }
            let idle = try server.newClient()
            #expect(await idle.get("/nothing")?.status == 404)
            let stopping = Task { await server.stop(grace: .seconds(10)) }
            // Idle connections go at once, new ones are not taken.
            #expect(await idle.closes())
            await gate.open()
            let answer = try #require(await client.answer())
            #expect(answer.text == "later")
            #expect(answer["Connection"] == "close")
            #expect(await client.closes())
            await stopping.value
            #expect(server.connections == 0)
        }
    }

    @Test func stoppingLetsAnUploadFinish() async throws {
        let begun = Tally()
        try await serving { router in
            router.on(.post, "/", body: .streamed(bytesMax: 100)) { request in
                begun.add()
                var bytes: [UInt8] = []
                for try await chunk in request.stream { bytes += chunk }
                return Response(body: .bytes(bytes))
            }
        } _: { server, client in
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n12345")
            try await eventually { begun.count == 1 }
            let stopping = Task { await server.stop(grace: .seconds(10)) }
            try await eventually { server.boundAddress == nil }
            try await client.send("67890")
            #expect(await client.answer()?.text == "1234567890")
            await stopping.value
        }
    }

    @Test func whatDoesNotFinishInTimeIsEnded() async throws {
        let begun = Tally()
        let cancelled = Tally()
        try await serving { router in
            router.get("/never") { _ in
                begun.add()
                await untilCancelled()
                cancelled.add()
                return .text("never")
            }
            router.get("/stubborn") { _ in
                begun.add()
                // Not even cancelling ends this one.
                unsafe await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                return .text("never")
            }
            router.get("/stream") { _ in
                .stream { writer in
                    begun.add()
                    while true { try await writer.write(String(repeating: "s", count: 100_000)) }
                }
            }
            router.on(.post, "/upload", body: .streamed(bytesMax: 1 << 30)) { _ in
                begun.add()
                await untilCancelled()
                return .text("never")
            }
            router.get("/events") { _ in
                begun.add()
                return .events(EventStream())
            }
        } _: { server, _ in
            var clients: [RawHTTP] = []
            for path in ["/never", "/stubborn", "/stream", "/events"] {
                let client = try server.newClient()
                try await client.send("GET \(path) HTTP/1.1\r\nHost: t\r\n\r\n")
                clients.append(client)
            }
            let uploading = try server.newClient()
            try await uploading.send("POST /upload HTTP/1.1\r\nHost: t\r\nContent-Length: 10000000\r\n\r\n")
            let halfway = try server.newClient()
            try await halfway.send("GET / HTTP/1.1\r\nHost:")
            try await eventually { begun.count == 5 }
            await server.stop(grace: .milliseconds(50))
            #expect(server.connections == 0)
            #expect(await halfway.closes())
            try await eventually { cancelled.count == 1 }
        }
    }

    @Test func startingAndStoppingUnderLoadNeverHangs() async throws {
        for round in 0..<10 {
            try await serving { router in
                router.get("/direct") { _ in .text("d") }
                router.get("/task") { _ in
                    await Task.yield()
                    return .text("t")
                }
            } _: { server, _ in
                let clients = try (0..<8).map { _ in try server.newClient() }
                let load = clients.enumerated().map { index, client in
                    Task {
                        var count = 0
                        while await client.get(index % 2 == 0 ? "/direct" : "/task")?.status == 200 { count += 1 }
                        return count
                    }
                }
                try await eventually { server.connections >= 8 }
                await server.stop(grace: round % 2 == 0 ? .seconds(5) : .zero)
                for task in load { _ = await task.value }
            }
        }
    }

    /// A worker that woke just as the server was stopped took the listening socket out of its epoll set first, and
    /// libmicrohttpd ended the process for that: once in some hundred stops while connections come in.
    @Test func stoppingWhileConnectionsComeInEndsOnlyTheServer() async throws {
        for _ in 0..<Effort.rounds(150) {
            try await serving { router in
                router.get("/direct") { _ in .text("d") }
            } _: { server, _ in
                let knocking = (0..<3).map { _ in
                    Task.detached { while (try? server.newClient()) != nil { await Task.yield() } }
                }
                await server.stop(grace: .zero)
                for task in knocking { await task.value }
            }
        }
    }

    @Test func aServerThatIsDroppedStopsByItself() async throws {
        let client: RawHTTP
        do {
            let server = HTTPServer(router: Router(), metrics: Metrics())
            try server.start()
            client = try server.newClient()
            #expect(await client.get("/")?.status == 404)
        }
        #expect(await client.closes())
    }
}
