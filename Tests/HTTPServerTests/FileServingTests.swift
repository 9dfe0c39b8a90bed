internal import HTTPServer
internal import System
internal import TestSupport
internal import Testing

@Suite struct FileServingTests {
    /// Larger than any buffer on the way, and without a pattern that would hide a mix-up.
    private let large = [[UInt8]](repeating: Array(0...250), count: 8_000).flatMap { $0 }

    private func serving(_ body: (RawHTTP) async throws -> Void) async throws {
        let folder = try TemporaryFolder("files")
        try Files.makeFolder(folder.path("sub"))
        try Files.replace(folder.path("sub/text.txt"), with: Array(String(repeating: "0123456789", count: 500).utf8))
        try Files.replace(folder.path("large.bin"), with: large)
        try Files.replace(folder.path("empty.txt"), with: [])
        let files = try StaticFiles(.init(root: folder.path))
        try await HTTPServerTests.serving { router in
            router.get("/assets/{path...}") { request in try files.respond(to: request) }
        } _: { _, client in
            try await body(client)
        }
    }

    @Test func aFileIsSentWholeInPartOrNotAtAll() async throws {
        try await serving { client in
            let whole = try #require(await client.get("/assets/sub/text.txt"))
            #expect(whole.status == 200)
            #expect(whole.body.count == 5_000)
            #expect(whole["Content-Type"] == "text/plain; charset=utf-8")
            let tag = try #require(whole["ETag"])
            let part = try #require(await client.get("/assets/sub/text.txt", "Range: bytes=5-14"))
            #expect(part.status == 206)
            #expect(part.text == "5678901234")
            #expect(part["Content-Range"] == "bytes 5-14/5000")
            #expect(await client.get("/assets/sub/text.txt", "Range: bytes=5000-")?.status == 416)
            let same = try #require(await client.get("/assets/sub/text.txt", "If-None-Match: \(tag)"))
            #expect(same.status == 304)
            #expect(same["ETag"] == tag)
            // Zero would tell a cache that the file is empty.
            #expect(same["Content-Length"] == "5000")
            try await client.send("HEAD /assets/sub/text.txt HTTP/1.1\r\nHost: t\r\n\r\n")
            #expect(try await client.responseHead()["Content-Length"] == "5000")
            #expect(await client.get("/assets/empty.txt")?.body == [])
            #expect(await client.get("/assets/large.bin")?.body == large)
        }
    }

    @Test func aFileIsPackedForThoseWhoTakeIt() async throws {
        try await serving { client in
            for _ in 0..<2 {
                let packed = try #require(await client.get("/assets/sub/text.txt", "Accept-Encoding: gzip"))
                #expect(packed["Content-Encoding"] == "gzip")
                #expect(packed.body.count < 200)
                #expect(packed["Vary"] == "Accept-Encoding")
                let tag = try #require(packed["ETag"])
                let same = try #require(
                    await client.get("/assets/sub/text.txt", "Accept-Encoding: gzip", "If-None-Match: \(tag)"))
                #expect(same.status == 304)
                #expect(same["Content-Length"] == "\(packed.body.count)")
            }
        }
    }

    @Test(arguments: [
        "/assets/../secret", "/assets/%2e%2e/secret", "/assets/sub/..%2f..%2fsecret", "/assets/sub", "/assets/.hidden",
        "/assets/nothing", "/assets/sub/text.txt%00", "/assets/sub//text.txt",
    ])
    func nothingOutsideTheFolderIsFound(target: String) async throws {
        try await serving { client in #expect(await client.get(target)?.status == 404) }
    }
}
