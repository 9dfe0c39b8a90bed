internal import HTTPServer
internal import TestSupport
internal import Testing

/// A request whose head says in some odd way where its body ends, and what has to become of it.
struct FramedRequest: CustomStringConvertible {
    enum Verdict: Equatable {
        /// Clear to everybody: it has to be carried out.
        case accepted
        case refused
    }

    private(set) var bytes: [UInt8] = []
    private(set) var body = ""
    private(set) var verdict = Verdict.accepted

    var description: String { String(reflecting: String(decoding: bytes, as: UTF8.self)) }

    init(using random: inout SeededRandom) {
        let isChunked = Bool.random(using: &random)
        body = String(repeating: "b", count: Int.random(in: 0...40, using: &random))
        var lines: [String] = []
        line("Host", ["test", "test", "test:80"], &lines, &random)
        if isChunked {
            line("Transfer-Encoding", ["chunked", "Chunked", "CHUNKED"], &lines, &random, isExact: true)
        } else {
            let zeros = Int.random(in: 0...9, using: &random) == 0 ? "000" : ""
            line("Content-Length", ["\(zeros)\(body.utf8.count)"], &lines, &random, isExact: true)
        }
        if Int.random(in: 0...3, using: &random) == 0 {
            line("Expect", ["100-continue", "100-Continue"], &lines, &random, isExact: true)
        }
        if Int.random(in: 0...2, using: &random) == 0 {
            line("Connection", ["keep-alive", "close", "Close", "x, close", "te"], &lines, &random)
        }
        if Int.random(in: 0...9, using: &random) == 0 {
            // A second statement that says the same still is one too many, and one of the other kind as well.
            lines.append(
                random.pick(["Content-Length: \(body.utf8.count)", "Transfer-Encoding: chunked"]))
            verdict = .refused
        }
        lines.shuffle(using: &random)
        let payload = isChunked ? Self.chunks(body, using: &random) : body
        bytes = Array("POST /echo HTTP/1.1\r\n\(lines.map { $0 + "\r\n" }.joined())\r\n\(payload)".utf8)
    }

    /// One header, now and then damaged.
    private mutating func line(
        _ name: String, _ values: [String], _ lines: inout [String], _ random: inout SeededRandom, isExact: Bool = false
    ) {
        let name = String(name.map { Int.random(in: 0...9, using: &random) == 0 ? Character($0.lowercased()) : $0 })
        let value = random.pick(values)
        let before = random.pick(["", " ", "  ", "\t", " \t "])
        switch Int.random(in: 0...24, using: &random) {
        case 0, 1, 2:
            // Blanks behind a value mean nothing. Where the library compares them all the same, they must not get through.
            lines.append("\(name):\(before)\(value)\(random.pick([" ", "\t", " \t", "    "]))")
            if isExact { verdict = .refused }
        case 3: damage("\(name)\(random.pick([" ", "\t"])):\(before)\(value)", &lines)
        case 4:
            let control = random.pick(["\0", "\u{1}", "\u{B}", "\u{C}", "\r", "\n", "\u{7F}"])
            var text = "\(name):\(before)\(value)"
            text.insert(contentsOf: control, at: random.pick(Array(text.indices)))
            damage(text, &lines)
        case 5: damage("\(name):\(before)\(value)\r\n \(random.pick(["", "x", "5"]))", &lines)
        case 6 where isExact:
            // Something close by, which another server may take for the real thing.
            let near = ["\(value),", ",\(value)", "\"\(value)\"", "+\(value)", "x\(value)", "\(value);q=1", ""]
            damage("\(name):\(before)\(random.pick(near))", &lines)
        default: lines.append("\(name):\(before)\(value)")
        }
    }

    private mutating func damage(_ line: String, _ lines: inout [String]) {
        lines.append(line)
        verdict = .refused
    }

    private static func chunks(_ body: String, using random: inout SeededRandom) -> String {
        var rest = body[...]
        var text = ""
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...rest.count, using: &random))
            rest = rest.dropFirst(piece.count)
            let size = String(piece.count, radix: 16, uppercase: Bool.random(using: &random))
            text += "\(random.pick(["", "0", "000"]))\(size)\r\n\(piece)\r\n"
        }
        return text + "0\r\n\r\n"
    }
}

/// We and the library each find out where a request ends. What one of them reads in another way than the other, or than
/// a proxy, swallows the next request of a connection or lets a hidden one through.
@Suite struct FramingTests {
    private static let next = Array("GET /next HTTP/1.1\r\nHost: test\r\n\r\n".utf8)

    private func routes(_ router: inout Router, _ nexts: Tally) {
        router.post("/echo") { request in Response(body: .bytes(request.body)) }
        router.get("/next") { _ in
            nexts.add()
            return .text("next")
        }
    }

    @Test(arguments: 0..<3) func theNextRequestIsNeitherSwallowedNorMadeUp(round: Int) async throws {
        var random = SeededRandom.forTest()
        let nexts = Tally()
        let (accepted, refused) = (Tally(), Tally())
        try await serving(routes: { routes(&$0, nexts) }) { server, _ in
            for _ in 0..<Effort.rounds(400) {
                let request = FramedRequest(using: &random)
                let before = nexts.count
                let client = try server.newClient()
                let all = request.bytes + Self.next
                let cut =
                    Int.random(in: 0...3, using: &random) > 0 ? all.count : random.pick(Array(all.indices))
                _ = await client.takes(Array(all[..<cut]))
                _ = await client.takes(Array(all[cut...]))
                let first = await client.answer()
                let isAccepted = first?.status == 200
                if isAccepted {
                    #expect(request.verdict != .refused, "seed \(random.seed): accepted \(request)")
                    #expect(first?.text == request.body, "seed \(random.seed): \(request)")
                    let second = await client.answer()
                    #expect(second.map { $0.text == "next" } ?? true, "seed \(random.seed): \(request)")
                } else {
                    #expect(request.verdict != .accepted, "seed \(random.seed): \(first?.status ?? 0) for \(request)")
                    #expect(first.map { 400...501 ~= $0.status } ?? true, "seed \(random.seed): \(request)")
                    #expect(nexts.count == before, "seed \(random.seed): carried out behind \(request)")
                }
                (isAccepted ? accepted : refused).add()
                let isNextAnswered = isAccepted && nexts.count > before
                if isNextAnswered { continue }
                guard await client.closes() else {
                    Issue.record("seed \(random.seed): swallowed behind \(request)")
                    return
                }
            }
            // Both kinds have been there.
            #expect(accepted.count > 40 && refused.count > 40)
        }
    }

    /// The library alone finds the end of a body in chunks, and takes lines for ended that others do not.
    @Test(arguments: [
        "5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n",
        "0\r\n\r\n", "0\n\n", "5\r\nhello\r\n0\r\nTrailer: x\n\n", "5\r\nhello\r\n0;\n\r\n",
    ])
    func nothingBehindABodyInChunksIsTakenForARequest(chunks: String) async throws {
        let nexts = Tally()
        try await serving(routes: { routes(&$0, nexts) }) { _, client in
            try await client.send("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)")
            let answer = await client.answer()
            #expect(answer?.status == 400 || answer?["Connection"] == "close")
            _ = await client.takes(Self.next)
            #expect(await client.closes())
            #expect(nexts.count == 0)
        }
    }

    /// A line at the very end of what the library had read is gone when its chunk comes. Nothing else may look like such a line.
    @Test func chunksMayArriveInAnyPieces() async throws {
        var random = SeededRandom.forTest()
        let nexts = Tally()
        try await serving(routes: { routes(&$0, nexts) }) { server, _ in
            for _ in 0..<Effort.rounds(40) {
                let client = try server.newClient()
                let lines = (0..<8).map { _ in
                    random.pick(["\n", "\r\n", "a\nb", "0\n", "hello", "\r"])
                }
                let body = lines.joined()
                var text = "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
                for line in lines { text += "\(String(line.utf8.count, radix: 16))\r\n\(line)\r\n" }
                text += "0\r\n\r\n"
                var rest = Array(text.utf8)[...]
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...12, using: &random))
                    try await client.send(Array(piece))
                    rest = rest.dropFirst(piece.count)
                    await Task.yield()
                }
                #expect(await client.answer()?.text == body, "seed \(random.seed)")
            }
        }
    }

    /// The library cuts both into pieces for which nobody asks, and used to hang, or to answer twice, when there were too many.
    @Test func tooManyParametersAndTooManyCookiesAreRefusedOnce() async throws {
        try await serving { router in
            router.get("/", .wholeQuery) { request, _ in .text("\(request.target.utf8.count)") }
        } _: { server, client in
            let query = String(repeating: "a&", count: 3_900)
            let refused = try #require(await client.get("/?\(query)"))
            #expect(refused.status == 400 && refused.text.contains("too_many_parameters"))
            #expect(await client.get("/?")?.text == "2")
            for cookies in [String(repeating: "a;", count: 4_000), "a=\(String(repeating: "x", count: 9_000))"] {
                let other = try server.newClient()
                let refused = await other.get("/", "Cookie: \(cookies)")
                #expect(refused?.status == 431)
                #expect(refused?["Content-Type"] == "application/problem+json")
                #expect(await other.closes())
            }
            #expect(await client.get("/", "Cookie: a=\(String(repeating: "x", count: 4_000))")?.status == 200)
        }
    }
}

extension SeededRandom {
    /// One of them, each as likely as the others.
    fileprivate mutating func pick<Item>(_ items: [Item]) -> Item { items[Int.random(in: items.indices, using: &self)] }
}
