import HTTPClient
import System
import Telemetry
import TestSupport
import Testing

@testable import Backup

/// Somebody else's S3: PyPI's `moto`, on loopback, checking every signature.
struct MotoServer: Sendable {
    private static let root = Files.folder(of: Files.folder(of: Files.folder(of: Files.folder(of: #filePath))))
    private static let program = "\(root)/.build/test-python/bin/moto_server"
    static var isInstalled: Bool { Files.exists(program) }

    let endpoint: String
    let client: HTTPClient
    private let keys: (id: String, secret: String)

    /// Starts it, hands it to the body, and ends it.
    static func with(_ body: (MotoServer) async throws -> Void) async throws {
        // Until there is a user with keys, so many calls pass unsigned.
        let environment = Program.plainEnvironment.merging(["INITIAL_NO_AUTH_ACTION_COUNT": "3"]) { $1 }
        let child = try await Program(program, ["-H", "127.0.0.1", "-p", "0"], environment: environment).start()
        defer { child.signal(.kill) }
        var endpoint: String?
        try await eventually(within: .seconds(60), "moto says where it answers") {
            let said = String(decoding: child.errors + child.output, as: UTF8.self)
            if let exit = child.exit { throw Ended(exit: exit, said: said) }
            endpoint = (said.firstMatch(of: /Running on (http:\/\/127\.0\.0\.1:[0-9]+)/)?.output.1).map { String($0) }
            return endpoint != nil
        }
        var configuration = HTTPClient.Configuration()
        configuration.proxy = .none
        let client = try HTTPClient(configuration: configuration, metrics: Metrics(), logger: .silent)
        let address = try #require(endpoint)
        try await body(MotoServer(endpoint: address, client: client, keys: makeUser(address, client)))
        await client.shutdown()
    }

    struct Ended: Error {
        let exit: Exit
        let said: String
    }

    private static func makeUser(_ endpoint: String, _ client: HTTPClient) async throws -> (id: String, secret: String)
    {
        func ask(_ parameters: String) async throws -> String {
            var request = HTTPClient.Request(
                .post, endpoint + "/", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: .text(parameters + "&Version=2010-05-08"))
            request.signing = .awsSignatureV4(
                region: "us-east-1", service: "iam", accessKeyID: "nobody", secretAccessKey: "nothing")
            return try await client.send(request).text
        }
        _ = try await ask("Action=CreateUser&UserName=backup")
        let policy = S3Answer.escape(
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#)
        _ = try await ask("Action=PutUserPolicy&UserName=backup&PolicyName=all&PolicyDocument=\(policy)")
        let key = try await ask("Action=CreateAccessKey&UserName=backup")
        let id = try #require(key.firstMatch(of: /<AccessKeyId>([^<]+)</)?.output.1, "\(key)")
        let secret = try #require(key.firstMatch(of: /<SecretAccessKey>([^<]+)</)?.output.1)
        return (String(id), String(secret))
    }

    /// A store in a bucket that is made when it is missing.
    func store(
        _ bucket: String, prefix: String = "", makesBucket: Bool = true,
        _ change: (inout S3Store.Configuration) -> Void = { _ in }
    ) async throws -> S3Store {
        var configuration = S3Store.Configuration(
            endpoint: endpoint, region: "us-east-1", bucket: bucket, prefix: prefix, accessKeyID: keys.id,
            secretAccessKey: keys.secret)
        if makesBucket {
            var request = HTTPClient.Request(.put, "\(endpoint)/\(bucket)")
            request.signing = .awsSignatureV4(
                region: "us-east-1", service: "s3", accessKeyID: keys.id, secretAccessKey: keys.secret)
            let answer = try await client.send(request)
            #expect([200, 409].contains(answer.status), "\(answer.text)")
        }
        configuration.firstPause = .milliseconds(1)
        change(&configuration)
        return try S3Store(configuration, client: client, logger: .silent)
    }
}
