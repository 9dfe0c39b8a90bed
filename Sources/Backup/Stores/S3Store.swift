import Cryptography
public import HTTPClient
public import Telemetry

/// Keeps backups in a bucket of S3, or of anything that speaks as S3 does.
///
/// Requests are signed by libcurl. What fails in passing (a lost connection, status 5xx, "slow down") is asked again
/// after a growing pause.
public struct S3Store: BackupStore {
    public struct Configuration: Sendable {
        /// Such as `https://s3.eu-central-1.amazonaws.com` or `http://minio:9000`, without a path.
        public var endpoint: String
        public var region: String
        public var bucket: String
        /// Before every name, without a `/` at its end; may be empty.
        public var prefix: String
        public var accessKeyID: String
        public var secretAccessKey: String
        /// For temporary keys.
        public var sessionToken: String?
        /// Default 6.
        public var attemptsMax = 6
        /// Before the second attempt; doubled each time. Default 200 ms.
        public var firstPause: Duration = .milliseconds(200)
        /// Names in one page of a list; S3 gives 1,000 at most.
        public var pageLength = 1_000

        public init(
            endpoint: String? = nil, region: String, bucket: String, prefix: String = "", accessKeyID: String,
            secretAccessKey: String
        ) {
            self.endpoint = endpoint ?? "https://s3.\(region).amazonaws.com"
            self.region = region
            self.bucket = bucket
            self.prefix = prefix
            self.accessKeyID = accessKeyID
            self.secretAccessKey = secretAccessKey
        }
    }

    private let configuration: Configuration
    private let client: HTTPClient
    private let logger: Logger
    private let clock: any Clock<Duration>

    public var description: String {
        "\(BackupTarget.bucket(configuration.bucket, prefix: configuration.prefix))"
    }

    public init(
        _ configuration: Configuration, client: HTTPClient, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) throws(BackupError) {
        let endpoint = configuration.endpoint
        guard endpoint.wholeMatch(of: /https?:\/\/[A-Za-z0-9.\[\]:-]+\/?/) != nil else {
            throw BackupError(
                .setting, "\(endpoint) is not an S3 endpoint.",
                advice: "Set LIFEOS_BACKUP_S3_ENDPOINT to a scheme and a host, such as https://minio.example:9000.")
        }
        var configuration = configuration
        if endpoint.hasSuffix("/") { configuration.endpoint = String(endpoint.dropLast()) }
        self.configuration = configuration
        self.client = client
        self.logger = logger.named("backup-s3")
        self.clock = clock
    }

    public func put(_ name: String, _ bytes: [UInt8]) async throws {
        let answer = try await send(.put, path(name), body: bytes)
        guard answer.status == 200 else { throw refusal(answer, of: "store \(name)") }
    }

    public func get(_ name: String) async throws -> [UInt8] {
        let answer = try await send(.get, path(name))
        if answer.status == 200 { return answer.body }
        let error = S3Answer(answer.text)
        if answer.status == 404, error.code != "NoSuchBucket" { throw BackupError.notFound(name, in: self) }
        throw refusal(answer, of: "read \(name)")
    }

    public func delete(_ name: String) async throws {
        let answer = try await send(.delete, path(name))
        guard [200, 204, 404].contains(answer.status) else { throw refusal(answer, of: "remove \(name)") }
    }

    public func list(_ prefix: String) async throws -> [StoredObject] {
        try await pages(prefix, delimiter: nil).flatMap(\.objects).map {
            StoredObject(name: String($0.name.dropFirst(ownPrefix.utf8.count)), bytes: $0.bytes)
        }
    }

    public func folders(_ prefix: String) async throws -> [String] {
        let before = ownPrefix.utf8.count + prefix.utf8.count
        return try await pages(prefix, delimiter: "/").flatMap(\.folders).map {
            String($0.dropFirst(before).dropLast())
        }.sorted()
    }

    private var ownPrefix: String { configuration.prefix.isEmpty ? "" : configuration.prefix + "/" }

    private func path(_ name: String) -> String { "/\(configuration.bucket)/\(ownPrefix)\(name)" }

    private func pages(_ prefix: String, delimiter: String?) async throws -> [S3Answer] {
        var pages: [S3Answer] = []
        var continuation: String?
        repeat {
            // Sorted and escaped: that is how they are signed.
            var query: [(String, String)] = []
            if let continuation { query.append(("continuation-token", continuation)) }
            if let delimiter { query.append(("delimiter", delimiter)) }
            query += [
                ("encoding-type", "url"), ("list-type", "2"), ("max-keys", String(configuration.pageLength)),
                ("prefix", ownPrefix + prefix),
            ]
            let text = query.map { "\($0.0)=\(S3Answer.escape($0.1))" }.joined(separator: "&")
            let answer = try await send(.get, "/\(configuration.bucket)?\(text)")
            guard answer.status == 200 else { throw refusal(answer, of: "list what is there") }
            let page = S3Answer(answer.text)
            pages.append(page)
            continuation = page.continuation
        } while continuation != nil
        return pages
    }

    private func send(
        _ method: HTTPClient.Method, _ path: String, body: [UInt8]? = nil
    ) async throws -> HTTPClient.Response {
        var request = HTTPClient.Request(
            method, configuration.endpoint + path, body: body.map { .bytes($0) } ?? .none)
        request.responseBytesMax = BackupLimits.objectBytesMax
        request.mayRepeat = true
        if let body { request.headers["X-Amz-Content-Sha256"] = SHA256.hash(body).hex }
        request.headers["X-Amz-Security-Token"] = configuration.sessionToken
        request.signing = .awsSignatureV4(
            region: configuration.region, service: "s3", accessKeyID: configuration.accessKeyID,
            secretAccessKey: configuration.secretAccessKey)
        var pause = configuration.firstPause
        var attempt = 1
        while true {
            let failure: String
            do throws(HTTPClientError) {
                let answer = try await client.send(request, purpose: "backup")
                let isPassing = answer.status >= 500 || answer.status == 429
                guard isPassing, attempt < configuration.attemptsMax else { return answer }
                failure = "status \(answer.status)"
            } catch {
                guard Self.passing.contains(error.code), attempt < configuration.attemptsMax else {
                    throw BackupError(
                        .store, "\(self) cannot be reached: \(error.explanation)",
                        advice: "Check LIFEOS_BACKUP_S3_ENDPOINT and the network.")
                }
                failure = "\(error)"
            }
            logger.warning("asking the bucket again", ["attempt": attempt, "because": failure])
            // A bucket does not tell when it has recovered: it is asked again, each time later.
            try await clock.sleep(for: pause)
            pause *= 2
            attempt += 1
        }
    }

    /// What may go better the next time.
    private static let passing: Set<HTTPClientError.Code> = [
        .overloaded, .refused, .proxyFailed, .connectionLost, .brokenResponse, .timedOutWaiting, .timedOutConnecting,
        .timedOutWaitingForFirstByte, .timedOutIdle, .transportFailed, .unresolvedHost,
    ]

    private func refusal(_ answer: HTTPClient.Response, of what: String) -> BackupError {
        let error = S3Answer(answer.text)
        let advice =
            switch (answer.status, error.code) {
            case (_, "NoSuchBucket"): "Make the bucket \(configuration.bucket), or correct LIFEOS_BACKUP_TARGET."
            case (_, "SignatureDoesNotMatch"), (_, "InvalidAccessKeyId"):
                "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and LIFEOS_BACKUP_S3_REGION."
            case (401, _), (403, _): "Check what these keys may do in the bucket, and the clock of this machine."
            case (301, _), (307, _), (400, _):
                "Check LIFEOS_BACKUP_S3_REGION and LIFEOS_BACKUP_S3_ENDPOINT: the bucket may be elsewhere."
            default: "Try again later; nothing that was there is lost."
            }
        let reason = [error.code, error.message].compactMap { $0 }.joined(separator: ": ")
        return BackupError(
            .store, "\(self) refused to \(what): status \(answer.status)\(reason.isEmpty ? "" : ", \(reason)").",
            advice: advice)
    }
}
