internal import HTTPServer
internal import System
internal import Telemetry
internal import TestSupport
internal import Testing

@Suite struct DeadlineTests {
    /// Short deadlines, all else as it is.
    private func hurried(_ change: (inout HTTPServer.Deadlines) -> Void) -> HTTPServer.Configuration {
        var configuration = HTTPServer.Configuration()
        configuration.deadlines.precision = .milliseconds(10)
        change(&configuration.deadlines)
        return configuration
    }

    @Test func aHeadThatDripsIsCutOff() async throws {
        let metrics = Metrics()
        try await serving(hurried { $0.head = .milliseconds(200) }, metrics: metrics) { router in
            router.get("/") { _ in .text("never") }
        } _: { server, client in
            try await client.send("GET / HTTP/1.1\r\nHost: t\r\nX: ")
            // Each byte would keep the library's own clock from running out.
            try await eventually { await !client.takes([120]) }
            let answer = try #require(await client.answer())
            #expect(answer.status == 408)
            #expect(answer.text.contains("request_timeout"))
            #expect(metrics.text.contains("lifeos_http_deadlines_total{late=\"head\"} 1\n"))
        }
    }

    @Test func aRequestLineThatDripsIsCutOff() async throws {
        try await serving(hurried { $0.head = .milliseconds(100) }) { router in
            router.get("/") { _ in .text("never") }
        } _: { server, client in
            try await client.send("GET /")
            #expect(await client.answer()?.status == 408)
            let silent = try server.newClient()
            #expect(await silent.answer()?.status == 408)
        }
    }

    @Test func aBodyThatDripsIsCutOff() async throws {
        try await serving(hurried { $0.body = .milliseconds(150) }) { router in
            router.post("/") { _ in .text("never") }
            router.on(.post, "/stream", body: .streamed(bytesMax: 100)) { request in
                for try await _ in request.stream {}
                return .text("never")
            }
        } _: { server, _ in
            for path in ["/", "/stream"] {
                let client = try server.newClient()
                try await client.send("POST \(path) HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nxxx")
                let answer = try #require(await client.answer())
                #expect(answer.status == 408)
                #expect(answer.text.contains("the body"))
                #expect(await client.closes())
            }
        }
    }

    @Test func aLargeBodyGetsTheTimeItsSizeAsksFor() async throws {
        let configuration = hurried { deadlines in
            deadlines.body = .milliseconds(300)
            deadlines.bodyBytesPerSecondMin = 10
        }
        try await serving(configuration) { router in
            router.post("/") { request in .text("\(request.body.count)") }
        } _: { _, client in
            // A thousand bytes earn a hundred seconds.
            let half = String(repeating: "x", count: 1_000)
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 2000\r\n\r\n\(half)")
            let clock = ContinuousClock()
            let later = clock.now + .milliseconds(500)
            try await eventually("the deadline of a small body has passed") { clock.now > later }
            try await client.send(half)
            #expect(await client.answer()?.text == "2000")
        }
    }

    @Test func aHandlerThatTakesTooLongIsGivenUp() async throws {
        let gate = Gate()
        let cancelled = Tally()
        try await serving(hurried { $0.handler = .milliseconds(100) }) { router in
            router.get("/late") { _ in
                await withTaskCancellationHandler {
                    await gate.pass()
                } onCancel: {
                    cancelled.add()
                }
                return .text("late")
            }
            router.get("/") { _ in .text("fine") }
        } _: { _, client in
            let answer = try #require(await client.get("/late"))
            #expect(answer.status == 503)
            #expect(answer["Retry-After"] == "1")
            #expect(answer.text.contains("handler_timeout"))
            #expect(cancelled.count == 1)
            // What the handler says later reaches nobody, and least of all the next request.
            await gate.open()
            for _ in 0..<20 { #expect(await client.get("/")?.text == "fine") }
        }
    }

    /// The story: a change that took too long was answered with "try again", was made afterwards, and was made twice.
    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func aChangeThatTakesTooLongIsNotToldToTryAgain(method: String) async throws {
        let gate = Gate()
        let configuration = hurried {
            $0.handler = .milliseconds(50)
            $0.outcome = .milliseconds(50)
        }
        try await serving(configuration) { router in
            for method in [Method.post, .put, .patch, .delete] {
                router.on(method, "/stubborn") { _ in
                    await gate.pass()
                    return .text("made after all")
                }
                router.on(method, "/cancellable") { _ in
                    await untilCancelled()
                    throw CancellationError()
                }
            }
            router.get("/") { _ in .text("fine") }
        } _: { _, client in
            for path in ["/stubborn", "/cancellable"] {
                for key in ["", "Idempotency-Key: k\r\n"] {
                    try await client.send("\(method) \(path) HTTP/1.1\r\nHost: t\r\n\(key)Content-Length: 0\r\n\r\n")
                    let answer = try #require(await client.answer())
                    #expect(answer.status == 503 && answer.text.contains("outcome_unknown"), "\(answer.text)")
                    #expect(!answer.text.contains("Try again"))
                    // Many a client takes this header for leave to send the same once more.
                    #expect((answer["Retry-After"] == nil) == key.isEmpty)
                }
            }
            await gate.open()
            #expect(await client.get("/")?.text == "fine")
        }
    }

    @Test func theHandlerOfALateChangeMaySayWhatItKnows() async throws {
        let metrics = Metrics()
        let configuration = hurried {
            $0.handler = .milliseconds(50)
            $0.outcome = .seconds(60)
        }
        try await serving(configuration, metrics: metrics) { router in
            router.post("/withdrawn") { _ in
                await untilCancelled()
                throw Problem.serviceUnavailable("Nothing was changed.", retryAfter: .seconds(1), code: "withdrawn")
            }
            router.post("/made") { _ in
                await untilCancelled()
                return .text("made")
            }
        } _: { _, client in
            let withdrawn = try #require(await client.post("/withdrawn", ""))
            #expect(withdrawn.status == 503 && withdrawn.text.contains("withdrawn"))
            #expect(withdrawn["Retry-After"] == "1")
            #expect(await client.post("/made", "")?.text == "made")
            #expect(metrics.text.contains("lifeos_http_deadlines_total{late=\"handler\"} 2\n"))
        }
    }

    @Test func aChangeThatFailsInsideIsNotToldToTryAgain() async throws {
        struct Mistake: Error {}
        try await serving { router in
            router.post("/") { _ in throw Mistake() }
            router.get("/") { _ async throws in throw Mistake() }
        } _: { _, client in
            let change = try #require(await client.post("/", ""))
            #expect(change.status == 500 && change.text.contains("may have been made"))
            #expect(!change.text.contains("Try again"))
            #expect(await client.get("/")?.text.contains("Try again") == true)
        }
    }

    @Test func anIdleConnectionIsClosedWithoutAWord() async throws {
        try await serving(hurried { $0.idle = .milliseconds(100) }) { router in
            router.get("/") { _ in .text("fine") }
        } _: { _, client in
            #expect(await client.get("/")?.text == "fine")
            #expect(await client.closes())
        }
    }

    @Test func aClientThatTakesNothingIsCutOff() async throws {
        let ended = Tally()
        try await serving(hurried { $0.stalledSend = .milliseconds(100) }) { router in
            router.get("/endless") { _ in
                .stream { writer in
                    defer { ended.add() }
                    while true { try await writer.write(String(repeating: "e", count: 50_000)) }
                }
            }
            router.get("/large") { _ in .text(String(repeating: "l", count: 20 << 20)) }
        } _: { server, client in
            try await client.send("GET /endless HTTP/1.1\r\nHost: t\r\n\r\n")
            try await eventually { ended.count == 1 }
            let other = try server.newClient()
            try await other.send("GET /large HTTP/1.1\r\nHost: t\r\n\r\n")
            try await eventually { server.connections == 0 }
        }
    }

    @Test func aMakerThatFallsAsleepIsCutOff() async throws {
        try await serving(hurried { $0.handler = .milliseconds(100) }) { router in
            router.get("/asleep") { _ in
                .stream { writer in
                    try await writer.write("zzz")
                    await untilCancelled()
                }
            }
        } _: { _, client in
            try await client.send("GET /asleep HTTP/1.1\r\nHost: t\r\n\r\n")
            #expect(await client.answer() == nil)
        }
    }
}
