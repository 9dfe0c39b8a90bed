import Backup
import HTTPClient
import HTTPServer
import System
import Telemetry
import TestSupport
import Testing

/// What every store has to do.
private func expectStore(_ store: any BackupStore) async throws {
    #expect(try await store.list("") == [])
    #expect(try await store.folders("backups/") == [])
    var random = SeededRandom.forTest()
    let large = (0..<3_000_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let objects: [String: [UInt8]] = [
        "backups/b/log-000001.zst": [1, 2, 3], "backups/b/manifest.jsonl": [], "backups/a/started": [0],
        "backups/a.b_c/x": large, "blobs/ab/abc-0001": Array(0...255), "other": [9],
    ]
    for (name, bytes) in objects { try await store.put(name, bytes) }
    for (name, bytes) in objects {
        let read = try await store.get(name)
        #expect(read == bytes, "\(name)")
    }
    let all = try await store.list("")
    #expect(all == objects.map { StoredObject(name: $0.key, bytes: $0.value.count) }.sorted { $0.name < $1.name })
    #expect(try await store.list("backups/b/").map(\.name) == ["backups/b/log-000001.zst", "backups/b/manifest.jsonl"])
    #expect(try await store.list("nothing/") == [])
    let folders = try await store.folders("backups/")
    #expect(folders == ["a", "a.b_c", "b"])
    try await store.put("other", [8, 8])
    #expect(try await store.get("other") == [8, 8])
    let missing = await #expect(throws: BackupError.self) { try await store.get("backups/b/none") }
    #expect(missing?.code == .notFound)
    for name in objects.keys { try await store.delete(name) }
    try await store.delete("never/was")
    #expect(try await store.list("") == [])
    #expect(try await store.folders("backups/") == [])
}

@Suite struct FolderStoreTests {
    @Test func itKeepsWholeObjects() async throws {
        let folder = try TemporaryFolder()
        try await expectStore(FolderStore(folder.path("new/backups")))
    }

    @Test func whatCannotBeWrittenIsSaidInWords() async throws {
        let folder = try TemporaryFolder()
        try Files.replace(folder.path("file"), with: [])
        let store = FolderStore(folder.path("file/backups"))
        let error = await #expect(throws: BackupError.self) { try await store.put("a", [1]) }
        #expect(error?.code == .store)
        #expect(error?.advice.contains("LIFEOS_BACKUP_TARGET") == true)
    }

    @Test func othersMayNotReadIt() async throws {
        let folder = try TemporaryFolder()
        let store = FolderStore(folder.path("backups"))
        try await store.put("backups/a/x", [1])
        let mode = try await Program("/usr/bin/stat", ["-c", "%a", folder.path("backups/backups/a/x")]).run()
        #expect(mode.outputText == "600\n")
    }
}

@Suite struct S3StoreTests {
    @Test(
        .enabled(if: MotoServer.isInstalled, "run ops/setup --test where PyPI can be reached"), .timeLimit(.minutes(3)))
    func somebodyElsesBucketKeepsWholeObjectsAndWholeBackups() async throws {
        try await MotoServer.with { moto in
            for prefix in ["", "some/place"] {
                // Small pages, so that lists go on.
                try await expectStore(moto.store("bucket", prefix: prefix) { $0.pageLength = 2 })
            }
            try await LoggedSystem.with { system in
                try await system.fill(900)
                try system.addBlob(Array("a blob".utf8))
                let store = try await moto.store("bucket", prefix: "studio")
                try await system.back(up: .full, .testKey, in: store)
                try await system.fill(10)
                try await system.back(up: .incremental, .testKey, in: store)
                let result = try await BackupVerifier(system.shelf(.testKey, in: store)).verify()
                #expect(result.isSound)
                #expect(result.events == 910)
            }
            let nowhere = try await moto.store("no-such-bucket", makesBucket: false)
            let missing = await #expect(throws: BackupError.self) { try await nowhere.get("a") }
            #expect(missing?.code == .store)
            #expect(missing?.advice.contains("Make the bucket") == true, "\(String(describing: missing))")
            let forger = try await moto.store("bucket") { $0.secretAccessKey += "x" }
            let refused = await #expect(throws: BackupError.self) { try await forger.put("a", [1]) }
            #expect(refused?.advice.contains("AWS_SECRET_ACCESS_KEY") == true, "\(String(describing: refused))")
            #expect(refused.map { "\($0)".contains("studio") } == false)
        }
    }

    @Test func whatFailsInPassingIsAskedAgain() async throws {
        let asked = Lock(0)
        let failures = Lock(0)
        var router = Router()
        router.put("/bucket/object", body: .buffered(bytesMax: 1_000)) { request in
            asked.withLock { $0 += 1 }
            let fails = failures.withLock { left in
                left -= 1
                return left >= 0
            }
            return fails ? Response(.serviceUnavailable) : .text("\(request.body.count)")
        }
        let server = HTTPServer(router: router, metrics: Metrics())
        try server.start()
        let address = try #require(server.boundAddress)
        let client = try HTTPClient(metrics: Metrics(), logger: .silent)
        var configuration = S3Store.Configuration(
            endpoint: "http://\(address)/", region: "r", bucket: "bucket", accessKeyID: "id", secretAccessKey: "secret")
        configuration.firstPause = .milliseconds(1)
        configuration.attemptsMax = 4
        let store = try S3Store(configuration, client: client, logger: .silent)
        failures.withLock { $0 = 3 }
        try await store.put("object", [1, 2, 3])
        #expect(asked.withLock { $0 } == 4)
        failures.withLock { $0 = 4 }
        let error = await #expect(throws: BackupError.self) { try await store.put("object", [1, 2, 3]) }
        #expect(error?.message.contains("503") == true)
        #expect(asked.withLock { $0 } == 8)
        await server.stop(grace: .seconds(1))
        let unreachable = await #expect(throws: BackupError.self) { try await store.put("object", []) }
        #expect(unreachable?.message.contains("cannot be reached") == true)
        await client.shutdown()
    }

    @Test func aTargetIsReadStrictly() throws {
        #expect(try BackupTarget("/mnt/backups/") == .folder("/mnt/backups"))
        #expect(try BackupTarget("s3://studio") == .bucket("studio", prefix: ""))
        #expect(try BackupTarget("s3://studio/a/b.c/") == .bucket("studio", prefix: "a/b.c"))
        for text in [
            "", "backups", "s3:studio", "s3:///a", "s3://a", "s3://studio/a//b", "s3://studio/../x", "s3://Stu dio",
        ] {
            #expect(throws: BackupError.self, "\(text)") { try BackupTarget(text) }
        }
    }
}
