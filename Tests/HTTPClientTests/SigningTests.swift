import HTTPClient
import TestSupport
import Testing

/// The worked examples that AWS publishes for Signature Version 4 and S3.
@Suite("Signing") struct SigningTests {
    private let date = "20130524T000000Z"

    private func signed(_ change: (inout HTTPClient.Request) -> Void) async throws -> RudeConnection.Request {
        let folder = try TemporaryFolder()
        let seen = Collected<RudeConnection.Request>()
        let server = RudeServer(unixSocketPath: folder.path("s3")) { connection in
            guard let request = connection.readRequest() else { return }
            seen.add(request)
            connection.answer()
        }
        var request = HTTPClient.Request(.get, "http://examplebucket.s3.amazonaws.com/")
        request.unixSocketPath = folder.path("s3")
        request.headers["X-Amz-Date"] = date
        request.signing = .awsSignatureV4(
            region: "us-east-1", service: "s3", accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        change(&request)
        _ = try await makeClient().send(request)
        #expect(server.accepted == 1)
        return try #require(seen.all.first)
    }

    @Test func anObjectIsAskedForAsInTheExample() async throws {
        let request = try await signed { request in
            request.url += "test.txt"
            request.headers["Range"] = "bytes=0-9"
        }
        let authorization = request.header("Authorization") ?? ""
        #expect(authorization.contains("SignedHeaders=host;range;x-amz-content-sha256;x-amz-date"))
        #expect(authorization.contains("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"))
    }

    @Test func aBucketIsListedAsInTheExample() async throws {
        let request = try await signed { $0.url += "?max-keys=2&prefix=J" }
        let authorization = request.header("Authorization") ?? ""
        #expect(authorization.contains("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))
    }

    @Test(arguments: [
        (
            "text/plain", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            "e1597ff9ce11084ff783c57808e6d23a187daf25adfeb51196d145185c480704"
        ),
        (nil, nil, "bb875893567c0b11086fe1b067ea273592a44fbe74682a485b263aef0a769746"),
    ]) func anObjectIsPutWithItsTypeAndHash(_ type: String?, _ hash: String?, _ signature: String) async throws {
        let request = try await signed { request in
            request.method = .put
            request.url += "test%24file.text"
            request.headers["Content-Type"] = type
            request.headers["X-Amz-Content-Sha256"] = hash
            request.body = .text("Welcome to Amazon S3.")
        }
        #expect(request.header("Authorization")?.contains("Signature=\(signature)") == true)
        #expect(request.header("Content-Type") == type ?? "application/octet-stream")
        #expect(request.header("X-Amz-Content-Sha256") == hash ?? "UNSIGNED-PAYLOAD")
        #expect(String(decoding: request.body, as: UTF8.self) == "Welcome to Amazon S3.")
    }

    @Test func aStreamIsSentWithoutAHashOfItsBytes() async throws {
        let request = try await signed { request in
            request.method = .put
            request.body = .stream(
                AsyncStream { continuation in
                    continuation.yield(Array("streamed".utf8))
                    continuation.finish()
                }, length: 8)
        }
        #expect(request.header("X-Amz-Content-Sha256") == "UNSIGNED-PAYLOAD")
        #expect(request.header("Authorization")?.contains("Signature=") == true)
        #expect(String(decoding: request.body, as: UTF8.self) == "streamed")
    }
}
