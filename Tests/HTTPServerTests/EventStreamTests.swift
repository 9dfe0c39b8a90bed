internal import HTTPServer
internal import System
internal import Telemetry
internal import TestSupport
internal import Testing

@Suite struct EventStreamTests {
    /// Sends what it is told to everyone who listens.
    private final class Publisher: Sendable {
        private let streams = Lock<[EventStream]>([])

        var count: Int { streams.withLock { $0.count { $0.isOpen } } }

        func add(_ stream: EventStream) { streams.withLock { $0.append(stream) } }

        func publish(_ event: ServerEvent) {
            for stream in streams.withLock({ $0 }) { stream.send(event) }
        }

        func close() { streams.withLock { $0 }.forEach { $0.close() } }
    }

    @Test func eventsArriveAsTheyArePublished() async throws {
        let publisher = Publisher()
        try await serving { router in
            router.get("/events") { request in
                let stream = EventStream()
                stream.send(ServerEvent(data: "after \(request.lastEventID ?? "nothing")", retry: .milliseconds(1_500)))
                publisher.add(stream)
                return .events(stream)
            }
        } _: { server, client in
            try await client.send("GET /events HTTP/1.1\r\nHost: t\r\nLast-Event-ID: 41\r\n\r\n")
            let head = try await client.responseHead()
            #expect(head["Content-Type"] == "text/event-stream")
            #expect(head["Cache-Control"] == "no-store")
            #expect(await client.chunkText() == "retry: 1500\ndata: after 41\n\n")
            publisher.publish(ServerEvent(id: "42", name: "character.created", data: "one\ntwo\r\nthree\rfour\n"))
            #expect(
                await client.chunkText()
                    == "id: 42\nevent: character.created\ndata: one\ndata: two\ndata: three\ndata: four\ndata: \n\n")
            publisher.close()
            #expect(await client.chunkText() == "")
            // The connection is free for the next request.
            #expect(await client.get("/nothing")?.status == 404)
        }
    }

    @Test func aThousandIdleClientsAllHearOneEvent() async throws {
        let publisher = Publisher()
        try await serving { router in
            router.get("/events") { _ in
                let stream = EventStream()
                publisher.add(stream)
                return .events(stream)
            }
        } _: { server, _ in
            var clients: [RawHTTP] = []
            for _ in 0..<1_000 {
                let client = try server.newClient()
                try await client.send("GET /events HTTP/1.1\r\nHost: t\r\n\r\n")
                clients.append(client)
            }
            for client in clients { #expect(try await client.responseHead().status == 200) }
            #expect(publisher.count == 1_000)
            publisher.publish(ServerEvent(data: "all"))
            var heard = 0
            for client in clients where await client.chunkText() == "data: all\n\n" { heard += 1 }
            #expect(heard == 1_000)
        }
    }

    @Test func aClientThatIsGoneIsNoticedByTheSignsOfLife() async throws {
        let publisher = Publisher()
        let closings = Tally()
        var configuration = HTTPServer.Configuration()
        configuration.deadlines.heartbeat = .milliseconds(20)
        configuration.deadlines.precision = .milliseconds(5)
        try await serving(configuration) { router in
            router.get("/events") { _ in
                let stream = EventStream()
                stream.whenClosed { closings.add() }
                publisher.add(stream)
                return .events(stream)
            }
        } _: { server, client in
            do {
                let visitor = try server.newClient()
                try await visitor.send("GET /events HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(try await visitor.responseHead().status == 200)
                #expect(await visitor.chunkText() == ":\n\n")
            }
            try await eventually { publisher.count == 0 }
            #expect(closings.count == 1)
        }
    }

    @Test func aClientThatFallsBehindIsSentAwayWithItsReason() async throws {
        let publisher = Publisher()
        try await serving { router in
            router.get("/events") { _ in
                let stream = EventStream(bufferBytesMax: 1_000)
                // Nothing is sent before the handler returns, so the third does not fit.
                for n in 1...3 { stream.send(ServerEvent(id: "\(n)", data: String(repeating: "x", count: 450))) }
                publisher.add(stream)
                return .events(stream)
            }
        } _: { _, client in
            try await client.send("GET /events HTTP/1.1\r\nHost: t\r\n\r\n")
            let text = try #require(await client.answer()).text
            #expect(text.contains("id: 2\n"))
            #expect(!text.contains("id: 3\n"))
            #expect(text.hasSuffix(": too far behind; connect again with Last-Event-ID\n\n"))
            #expect(publisher.count == 0)
        }
    }

    @Test func whoeverWaitsForTheClientSendsEverything() async throws {
        try await serving { router in
            router.get("/many") { _ in
                .events(bufferBytesMax: 1_000) { stream in
                    for n in 1...2_000 {
                        guard await stream.sendWaiting(ServerEvent(data: "\(n)")) else { return }
                    }
                }
            }
        } _: { _, client in
            let text = await client.get("/many")?.text
            #expect(text == (1...2_000).map { "data: \($0)\n\n" }.joined())
        }
    }

    /// What is sent at once may be more than the buffer holds: it is sent all the same, and what comes next has to wait.
    @Test func manyEventsGoOutAtOnceToEveryClient() async throws {
        let events = (0..<2_000).reduce(into: ServerEvents()) { $0.append(ServerEvent(data: "\($1)")) }
        #expect(events.count == 2_000)
        try await serving { router in
            router.get("/pages") { _ in
                .events(bufferBytesMax: 1_000) { stream in
                    for _ in 1...20 {
                        guard await stream.sendWaiting(events, [0..<500, 700..<700, 1_999..<2_000]) else { return }
                    }
                }
            }
        } _: { server, _ in
            let page = (Array(0..<500) + [1_999]).map { "data: \($0)\n\n" }.joined()
            for _ in 1...3 {
                let text = try await server.newClient().get("/pages")?.text
                #expect(text == String(repeating: page, count: 20))
            }
        }
    }

    @Test func aClientThatTakesNothingIsGivenUp() async throws {
        let ended = Tally()
        var configuration = HTTPServer.Configuration()
        configuration.deadlines.stalledSend = .milliseconds(100)
        configuration.deadlines.precision = .milliseconds(5)
        try await serving(configuration) { router in
            router.get("/endless") { _ in
                .events { stream in
                    defer { ended.add() }
                    let event = ServerEvent(data: String(repeating: "x", count: 50_000))
                    while await stream.sendWaiting(event) {}
                }
            }
        } _: { server, _ in
            let client = try server.newClient()
            try await client.send("GET /endless HTTP/1.1\r\nHost: t\r\n\r\n")
            try await eventually { ended.count == 1 }
            // Held open until here.
            #expect(try await client.responseHead().status == 200)
        }
    }

    @Test func aTaskThatMakesEventsEndsWithItsClient() async throws {
        let ended = Tally()
        var configuration = HTTPServer.Configuration()
        configuration.deadlines.heartbeat = .milliseconds(20)
        configuration.deadlines.precision = .milliseconds(5)
        try await serving(configuration) { router in
            router.get("/numbers") { _ in
                .events { stream in
                    for n in 1...3 { stream.send(ServerEvent(data: "\(n) \(Ambient.requestID ?? "")")) }
                }
            }
            router.get("/endless") { _ in
                .events { stream in
                    defer { ended.add() }
                    await untilCancelled()
                }
            }
        } _: { server, client in
            let numbers = await client.get("/numbers", "X-Request-Id: r")?.text.split(separator: "\n\n").filter {
                $0 != ":"
            }
            #expect(numbers == ["data: 1 r", "data: 2 r", "data: 3 r"])
            do {
                let visitor = try server.newClient()
                try await visitor.send("GET /endless HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(try await visitor.responseHead().status == 200)
            }
            try await eventually { ended.count == 1 }
        }
    }

    @Test func stoppingClosesEveryStreamInGoodOrder() async throws {
        let publisher = Publisher()
        try await serving { router in
            router.get("/events") { _ in
                let stream = EventStream()
                publisher.add(stream)
                return .events(stream)
            }
        } _: { server, client in
            try await client.send("GET /events HTTP/1.1\r\nHost: t\r\n\r\n")
            #expect(try await client.responseHead().status == 200)
            await server.stop(grace: .seconds(10))
            #expect(await client.chunkText() == "")
            #expect(await client.closes())
            #expect(publisher.count == 0)
        }
    }
}
