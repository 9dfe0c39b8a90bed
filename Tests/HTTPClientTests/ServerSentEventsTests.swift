import HTTPClient
import TestSupport
import Testing

@Suite("Server-sent events") struct ServerSentEventsTests {
    private func parse(_ chunks: [[UInt8]], limits: ServerSentEventParser.Limits = .init()) throws -> [ServerSentEvent]
    {
        var parser = ServerSentEventParser(limits: limits)
        return try chunks.flatMap { try parser.consume($0) }
    }

    private static let table: [(text: String, events: [ServerSentEvent])] = [
        ("data: a\n\n", [.init(data: "a")]),
        ("data: a\r\rdata: b\r\r", [.init(data: "a"), .init(data: "b")]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", [.init(data: "a"), .init(data: "b")]),
        ("data: a\r\n\ndata: b\n\r\n", [.init(data: "a"), .init(data: "b")]),
        ("\u{FEFF}data: a\n\n", [.init(data: "a")]),
        ("data: a\n\n\u{FEFF}data: b\n\n", [.init(data: "a")]),
        ("data: a\ndata: b\ndata:  c\n\n", [.init(data: "a\nb\n c")]),
        ("data:a\n\n", [.init(data: "a")]),
        ("data\n\n", [.init(data: "")]),
        ("data\ndata\n\n", [.init(data: "\n")]),
        ("data:\n\n", [.init(data: "")]),
        ("event: x\n\ndata: a\n\n", [.init(data: "a")]),
        ("event: x\ndata: a\n\ndata: b\n\n", [.init(type: "x", data: "a"), .init(data: "b")]),
        ("id: 1\ndata: a\n\ndata: b\n\n", [.init(data: "a", lastEventID: "1"), .init(data: "b", lastEventID: "1")]),
        ("id: 1\n\ndata: b\n\n", [.init(data: "b", lastEventID: "1")]),
        ("id: 1\nid\ndata: a\n\n", [.init(data: "a")]),
        ("id: 1\nid: 2\0\ndata: a\n\n", [.init(data: "a", lastEventID: "1")]),
        ("retry: 250\ndata: a\n\n", [.init(data: "a", reconnectionTime: .milliseconds(250))]),
        ("retry: 2s\nretry: -1\nretry:\nretry: 99999999999999999999\ndata: a\n\n", [.init(data: "a")]),
        (": comment\n:\ndata: a\n:x\n\n", [.init(data: "a")]),
        ("unknown: 1\nDATA: 2\n data: 3\ndata: a\n\n", [.init(data: "a")]),
        ("data: é€😀\n\n", [.init(data: "é€😀")]),
        ("data: a:b: c\n\n", [.init(data: "a:b: c")]),
        ("data: open\n", []),
        ("data: open", []),
        ("\n\n\r\r\n", []),
        ("", []),
    ]

    @Test func everyStreamReadsAsTheStandardSays() throws {
        for (text, events) in Self.table {
            #expect(try parse([Array(text.utf8)]) == events, "\(text.debugDescription)")
        }
    }

    @Test func itDoesNotMatterWhereTheBytesAreCut() throws {
        for (text, events) in Self.table {
            let bytes = Array(text.utf8)
            #expect(try parse(bytes.map { [$0] }) == events, "\(text.debugDescription), byte by byte")
            for cut in 0...bytes.count {
                let chunks = [Array(bytes[..<cut]), [], Array(bytes[cut...])]
                #expect(try parse(chunks) == events, "\(text.debugDescription), cut at \(cut)")
            }
        }
    }

    @Test func bytesThatAreNotTextAreReplaced() throws {
        #expect(try parse([Array("data: a".utf8) + [0xFF] + Array("b\n\n".utf8)]) == [.init(data: "a\u{FFFD}b")])
    }

    @Test func linesAndEventsHaveALimit() throws {
        var limits = ServerSentEventParser.Limits()
        limits.lineBytesMax = 10
        limits.eventBytesMax = 12
        #expect(try parse([Array("data: 1234\n\n".utf8)], limits: limits) == [.init(data: "1234")])
        for text in ["data: 12345", "data: 1234\ndata: 1234\ndata: 1234\n\n", ":12345678901234567890"] {
            let error = #expect(throws: HTTPClientError.self) {
                _ = try parse(text.utf8.map { [$0] }, limits: limits)
            }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func mutatedStreamsNeitherCrashNorExceedTheLimit() throws {
        var random = SeededRandom(seed: 7)
        let alphabet = Array("data:id event\nretry\r\n: \0é".utf8) + [0xEF, 0xBB, 0xBF, 0xFF]
        for _ in 0..<2_000 {
            let bytes = (0..<random.next(upperBound: UInt64(60))).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            let whole = try parse([bytes])
            #expect(try parse(bytes.map { [$0] }) == whole, "seed 7: \(bytes)")
        }
    }

    @Test func aStreamedAnswerIsReadAsEvents() async throws {
        let server = RudeServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            for number in 1...100 { connection.send("id: \(number)\r\ndata: \(number)\r\n\r\n") }
        }
        let answer = try await makeClient().stream(.init(.get, server.url()))
        var seen: [ServerSentEvent] = []
        for try await event in answer.body.serverSentEvents() { seen.append(event) }
        #expect(seen == (1...100).map { ServerSentEvent(data: "\($0)", lastEventID: "\($0)") })
    }
}
