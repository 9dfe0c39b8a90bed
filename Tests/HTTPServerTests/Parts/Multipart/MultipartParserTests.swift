import HTTPServer
import TestSupport
import Testing

@Suite struct MultipartParserTests {
    private static let seed = UInt64.random(in: 0 ... .max)
    private static let type = "multipart/form-data; boundary=xyz"

    /// One part with all its data.
    struct Seen: Equatable {
        var name: String
        var fileName: String?
        var content: [UInt8] = []
    }

    /// Feeds the chunks and puts the events together again; checks their order on the way.
    private func parse(
        _ chunks: [[UInt8]], type: String = Self.type, limits: MultipartParser.Limits = .init()
    ) throws -> [Seen] {
        var parser = try MultipartParser(contentType: try #require(MediaType(type)), limits: limits)
        var seen: [Seen] = []
        var isOpen = false
        var isFinished = false
        for chunk in chunks {
            for event in try parser.push(chunk) {
                #expect(!isFinished)
                switch event {
                case .partBegan(let part):
                    #expect(!isOpen)
                    isOpen = true
                    seen.append(Seen(name: part.name, fileName: part.fileName))
                case .data(let bytes):
                    #expect(isOpen && !bytes.isEmpty)
                    seen[seen.count - 1].content += bytes
                case .partEnded:
                    #expect(isOpen)
                    isOpen = false
                case .finished:
                    #expect(!isOpen)
                    isFinished = true
                }
            }
        }
        try parser.finish()
        #expect(isFinished)
        return seen
    }

    private func refusal(_ body: String, type: String = Self.type, limits: MultipartParser.Limits = .init()) -> String?
    {
        do {
            _ = try parse([Array(body.utf8)], type: type, limits: limits)
            return nil
        } catch { return (error as? Problem)?.code.rawValue ?? "\(error)" }
    }

    private static func part(_ headers: String = "Content-Disposition: form-data; name=\"a\"", _ content: String = "1")
        -> String
    {
        "--xyz\r\n\(headers)\r\n\r\n\(content)\r\n--xyz--"
    }

    private static let form =
        "preamble\r\n--xyz\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nRed hat ü\r\n"
        + "--xyz  \t\r\nContent-Disposition: form-data; name=\"file\"; filename=\"hat.png\"\r\n"
        + "Content-Type: image/png\r\n\r\n\r\n--xy\r\r\n\r\n--xyy\n--xyz\r\n-\r\n--xyz\r\n"
        + "Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--xyz--\r\nepilogue --xyz\r\n--xyz\r\n"

    private static let parts = [
        Seen(name: "title", content: Array("Red hat ü".utf8)),
        Seen(name: "file", fileName: "hat.png", content: Array("\r\n--xy\r\r\n\r\n--xyy\n--xyz\r\n-".utf8)),
        Seen(name: "empty"),
    ]

    @Test func aFormIsReadWhole() throws {
        #expect(try parse([Array(Self.form.utf8)]) == Self.parts)
    }

    @Test func everySplitIntoTwoChunksReadsTheSame() throws {
        let body = Array(Self.form.utf8)
        for middle in 0...body.count {
            let seen = try parse([Array(body[..<middle]), Array(body[middle...])])
            #expect(seen == Self.parts, "split at \(middle)")
        }
    }

    @Test(arguments: 1...70)
    func chunksOfAnySizeReadTheSame(size: Int) throws {
        let body = Array(Self.form.utf8)
        let chunks = stride(from: 0, to: body.count, by: size).map { Array(body[$0..<min($0 + size, body.count)]) }
        #expect(try parse(chunks.flatMap { [[], $0] }) == Self.parts)
    }

    @Test func everyTruncationIsNoticed() throws {
        let body = Array(Self.part().utf8)
        for count in 0..<body.count {
            #expect(refusal(String(decoding: body[..<count], as: UTF8.self)) == "truncated_multipart", "\(count) bytes")
        }
        #expect(refusal(Self.part()) == nil)
    }

    @Test func randomBodiesComeBackFromRandomChunks() throws {
        var generator = SeededRandom(seed: Self.seed)
        // An alphabet of little but what delimiters are made of, so that near misses are common.
        let alphabet = Array("\r\n-xyz".utf8)
        for _ in 0..<300 {
            let boundary = String(
                (0..<Int.random(in: 1...12, using: &generator)).map { _ in "xyz".randomElement(using: &generator) ?? "x"
                })
            let delimiter = Array("\r\n--\(boundary)".utf8)
            var body = Array(delimiter.dropFirst(2))
            var expected: [Seen] = []
            for index in 0..<Int.random(in: 1...4, using: &generator) {
                var content = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                    alphabet.randomElement(using: &generator) ?? 0
                }
                // A content that holds the delimiter could not have been sent with it.
                while contains(Array("\r\n".utf8) + content, delimiter) { content.removeLast() }
                body += "\r\nContent-Disposition: form-data; name=\"f\(index)\"\r\n\r\n".utf8
                body += content + delimiter
                expected.append(Seen(name: "f\(index)", content: content))
            }
            body += "--".utf8
            var chunks: [[UInt8]] = []
            var at = 0
            while at < body.count {
                let end = min(body.count, at + Int.random(in: 0...40, using: &generator))
                chunks.append(Array(body[at..<end]))
                at = end
            }
            #expect(
                try parse(chunks, type: "multipart/form-data; boundary=\(boundary)") == expected, "seed \(Self.seed)")
        }
    }

    private func contains(_ bytes: [UInt8], _ pattern: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: pattern) }
    }

    @Test func mutatedBodiesAreReadOrRefusedAndNothingElse() throws {
        var generator = SeededRandom(seed: Self.seed)
        let original = Array(Self.form.utf8)
        for _ in 0..<Effort.rounds(3_000) {
            var body = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let at = Int.random(in: 0..<body.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: body[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: body.remove(at: at)
                default:
                    body.insert(
                        contentsOf: Array("\r\n--xyz".utf8).prefix(Int.random(in: 1...7, using: &generator)), at: at)
                }
            }
            var parser = try MultipartParser(contentType: try #require(MediaType(Self.type)))
            var dataBytes = 0
            do {
                for event in try parser.push(body) { if case .data(let bytes) = event { dataBytes += bytes.count } }
                try parser.finish()
            } catch { #expect(error.status == .badRequest, "seed \(Self.seed)") }
            #expect(dataBytes <= body.count, "seed \(Self.seed)")
        }
    }

    @Test(
        arguments: [
            ("name=\"a\"", "a", nil), ("name=a", "a", nil), ("name=\"\"", "", nil),
            ("name=\"a b\"; filename=\"\"", "a b", ""),
            ("name=\"ü\"; filename=\"zwölf.png\"", "ü", "zwölf.png"),
            ("name=\"a\\\"b\"; filename=\"c\\\"d\"", "a\"b", "c\"d"),
            ("name=\"a\"; filename=\"../../etc/passwd\"", "a", "passwd"),
            ("name=\"a\"; filename=\"C:\\\\dir\\\\x.png\"", "a", "x.png"),
            ("name=\"a\"; filename*=UTF-8''evil.png", "a", nil), ("filename=\"f\"; name=\"a\"", "a", "f"),
            ("NAME=\"a\"", "a", nil),
            ("name=\"a\"; filename=\"a%22b.png\"", "a", "a%22b.png"), ("name=\"a;b\"", "a;b", nil),
        ] as [(String, String, String?)])
    func aDispositionIsRead(parameters: String, name: String, fileName: String?) throws {
        let body = Self.part("content-disposition: Form-Data; \(parameters)\r\nX-Other: 1")
        #expect(try parse([Array(body.utf8)]) == [Seen(name: name, fileName: fileName, content: Array("1".utf8))])
    }

    @Test(arguments: [
        "", "Content-Type: text/plain", "Content-Disposition: form-data", "Content-Disposition: attachment; name=\"a\"",
        "Content-Disposition: form-data; name=\"a\"; name=\"b\"", "Content-Disposition: form-data; name=\"a",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"a\"",
        "Content-Disposition: form-data; name=\"a\"; filename=\"b\"; filename=\"c\"",
        "Content-Disposition: form-data; name=\"a\r\n b\"", "Content-Disposition: form-data;\r\n name=\"a\"",
        "Content-Disposition : form-data; name=\"a\"", "Content-Disposition: form-data; name=\"a\" x",
        "Content-Disposition: form-data; name=\"a\nb\"", "Content-Disposition: form-data; name=\"a\u{0}\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: text",
        "Content-Disposition: form-data; name=\"a\"\r\nnonsense",
    ])
    func badPartHeadersAreRefused(headers: String) {
        #expect(refusal(Self.part(headers)) == "malformed_multipart")
    }

    @Test func partHeadersMustBeUTF8() {
        let body =
            Array("--xyz\r\nContent-Disposition: form-data; name=\"".utf8) + [0xFF]
            + Array("\"\r\n\r\n1\r\n--xyz--".utf8)
        #expect(throws: Problem.self) { try parse([body]) }
    }

    @Test(arguments: [
        "--xyz\nContent-Disposition: form-data; name=\"a\"\n\n1\n--xyz--", "--xyzz\r\n", "--xyz-\r\n", "--xyz -- ",
        "--xyz\rx", Self.part().replacing("\r\n--xyz--", with: "\r\n--xyzabc"),
        "--xyz" + String(repeating: " ", count: 33) + "\r\n",
    ])
    func badDelimitersAreRefused(body: String) {
        #expect(refusal(body) == "malformed_multipart")
    }

    @Test(arguments: ["--xyz--", "\r\n--xyz--", "--xyz--\r\n", "preamble\r\n--xyz--epilogue"])
    func aFormMayBeEmpty(body: String) throws {
        #expect(try parse([Array(body.utf8)]).isEmpty)
    }

    @Test func aDelimiterMayFollowTheHeadersAtOnce() throws {
        let body = Array("--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--xyz--".utf8)
        for middle in 0...body.count {
            #expect(try parse([Array(body[..<middle]), Array(body[middle...])]) == [Seen(name: "a")])
        }
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=\"a\\\"b\"",
        "multipart/form-data; boundary=" + String(repeating: "x", count: 71),
    ])
    func aBadBoundaryIsRefused(type: String) {
        #expect(refusal("", type: type) == "malformed_multipart")
    }

    @Test func anotherTypeIsRefused() {
        #expect(refusal("", type: "multipart/mixed; boundary=a") == "unsupported_media_type")
        #expect(refusal("--a b--", type: "multipart/form-data; boundary=\"a b\"") == nil)
    }

    @Test func everyLimitIsEnforcedToTheByte() {
        var limits = MultipartParser.Limits()
        limits.partBytesMax = 5
        #expect(refusal(Self.part("Content-Disposition: form-data; name=\"a\"", "12345"), limits: limits) == nil)
        #expect(
            refusal(Self.part("Content-Disposition: form-data; name=\"a\"", "123456"), limits: limits)
                == "payload_too_large")
        limits = MultipartParser.Limits()
        let headers = "Content-Disposition: form-data; name=\"a\""
        limits.headerBytesMax = headers.utf8.count + 4
        #expect(refusal(Self.part(headers), limits: limits) == nil)
        limits.headerBytesMax -= 1
        #expect(refusal(Self.part(headers), limits: limits) == "malformed_multipart")
        limits = MultipartParser.Limits()
        limits.totalBytesMax = Int64(Self.part().utf8.count)
        #expect(refusal(Self.part(), limits: limits) == nil)
        #expect(refusal(Self.part() + "\n", limits: limits) == "payload_too_large")
        limits = MultipartParser.Limits()
        limits.partCountMax = 2
        let two = String(Self.part().dropLast(2)) + "\r\n" + Self.part().dropFirst(6)
        #expect(refusal(two, limits: limits) == nil)
        limits.partCountMax = 1
        #expect(refusal(two, limits: limits) == "too_many_parts")
    }

    @Test func aParserThatFailedStaysFailed() throws {
        var parser = try MultipartParser(contentType: try #require(MediaType(Self.type)))
        #expect(throws: Problem.self) { try parser.push(Array("--xyz!!".utf8)) }
        #expect(throws: Problem.self) { try parser.push(Array(Self.form.utf8)) }
        #expect(throws: Problem.self) { try parser.finish() }
    }
}
