import Backup
import Compression
import Cryptography
import Postgres
import System
import TestSupport
import Testing

@testable import EventLog

/// Whatever is done to a backup, `verify` finds it.
@Suite struct CorruptionTests {
    /// Two chains of backups with blobs, as one store holds them.
    private func makeStore(_ secret: BackupSecret?) async throws -> [String: [UInt8]] {
        try await LoggedSystem.with { system in
            for number in 0..<6 {
                try system.addBlob(Array("blob \(number) ".utf8) + [UInt8](repeating: 7, count: number * 500))
            }
            try await system.fill(500)
            try await system.back(up: .full, secret)
            try await system.fill(300)
            try system.addBlob(Array("a later blob".utf8))
            try await system.back(up: .incremental, secret)
            try await system.fill(100)
            try await system.back(up: .incremental, secret)
            try await system.back(up: .full, secret)
            return system.store.contents
        }
    }

    private func verify(_ objects: [String: [UInt8]], _ secret: BackupSecret?) async throws -> BackupVerification {
        let shelf = BackupShelf(MemoryStore(objects), Keyring(secret, parameters: LoggedSystem.cheap))
        return try await BackupVerifier(shelf).verify()
    }

    @Test(arguments: RoundTripTests.secrets.indices)
    func aSoundStoreVerifies(_ index: Int) async throws {
        let secret = RoundTripTests.secrets[index]
        let result = try await verify(makeStore(secret), secret)
        #expect(result.faults == [])
        #expect(result.backups.count == 4)
        #expect(result.events == 500 + 300 + 100 + 900)
        #expect(result.blobs == 6 + 1 + 0 + 7)
    }

    @Test(arguments: [0, 1]) func aHundredCorruptionsAreAllFound(_ index: Int) async throws {
        let secret = RoundTripTests.secrets[index]
        let genuine = try await makeStore(secret)
        var random = SeededRandom.forTest()
        var kinds: [String: Int] = [:]
        for number in 0..<100 {
            var objects = genuine
            let what = Corruption.allCases[number % Corruption.allCases.count].apply(
                to: &objects, hasKey: secret != nil, &random)
            guard let what else { continue }
            kinds[String(what.prefix { $0 != " " }), default: 0] += 1
            #expect(objects != genuine, "corruption \(number) changed nothing: \(what)")
            let result = try await verify(objects, secret)
            #expect(!result.isSound, "corruption \(number) went unnoticed: \(what)")
        }
        #expect(kinds.values.reduce(0, +) >= 90)
        #expect(kinds.count >= 11)
    }

    @Test func everyBitOfAManifestCounts() async throws {
        let genuine = try await LoggedSystem.with { system in
            try await system.fill(10)
            try await system.back(up: .full)
            return system.store.contents
        }
        let name = try #require(genuine.keys.first { $0.hasSuffix(".jsonl") })
        for place in genuine[name, default: []].indices {
            for bit in 0..<8 {
                var objects = genuine
                objects[name]?[place] ^= 1 << UInt8(bit)
                let result = try await verify(objects, nil)
                #expect(!result.isSound, "bit \(bit) of byte \(place)")
            }
        }
    }

    /// Whoever can write to the store can also compute the checksums of a backup without a key.
    @Test func aForgedManifestIsNeverACrash() async throws {
        let genuine = try await makeStore(nil)
        var random = SeededRandom.forTest()
        let extremes = [
            "0", "-1", "9223372036854775807", "-9223372036854775808", "274877906944", "1e400", "0.5", "null", "\"x\"",
            "[]",
            "{}",
        ]
        let names = genuine.keys.filter { $0.hasSuffix(".jsonl") }.sorted()
        for _ in 0..<200 {
            var objects = genuine
            let name = try #require(names.randomElement(using: &random))
            var text = String(decoding: objects[name] ?? [], as: UTF8.self)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let numbers = text.matches(of: /":([0-9]+)[,}]/).map { $0.output.1.startIndex..<$0.output.1.endIndex }
                guard let number = numbers.randomElement(using: &random) else { break }
                text.replaceSubrange(number, with: extremes.randomElement(using: &random) ?? "0")
            }
            var bytes = Array(text.utf8)
            Corruption.reseal(&bytes)
            objects[name] = bytes
            let result = try await verify(objects, nil)
            #expect(!result.isSound || bytes == genuine[name])
        }
    }

    @Test func aForgedSegmentIsNeverACrash() async throws {
        let genuine = try await makeStore(nil)
        let manifests = try await BackupShelf(MemoryStore(genuine), Keyring(nil)).manifests()
        var random = SeededRandom.forTest()
        for _ in 0..<150 {
            var objects = genuine
            let manifest = try #require(manifests.randomElement(using: &random))
            let segment = try #require(manifest.segments.randomElement(using: &random))
            let name = "backups/\(manifest.id)/\(segment.name)"
            var raw = try Zstandard.decompress(genuine[name] ?? [], outputBytesMax: segment.rawBytes)
            let width = [1, 2, 4, 8].randomElement(using: &random) ?? 1
            // Mostly near the head and the first rows, where the lengths are.
            let place = Int.random(
                in: 0..<min(raw.count - width, random.next() % 2 == 0 ? 400 : raw.count), using: &random)
            let byte = [0x00, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random)
            for index in place..<place + width { raw[index] = index == place ? byte ?? 0 : 0xFF }
            let packed = try Zstandard.compress(raw)
            objects[name] = packed
            var text = String(decoding: genuine["backups/\(manifest.id)/manifest.jsonl"] ?? [], as: UTF8.self)
            text = text.replacing(segment.sha256.hex, with: SHA256.hash(packed).hex)
                .replacing("\"bytes\":\(segment.bytes),", with: "\"bytes\":\(packed.count),")
            var bytes = Array(text.utf8)
            Corruption.reseal(&bytes)
            objects["backups/\(manifest.id)/manifest.jsonl"] = bytes
            let isChanged = try raw != Zstandard.decompress(genuine[name] ?? [], outputBytesMax: segment.rawBytes)
            let result = try await verify(objects, nil)
            #expect(!result.isSound || !isChanged, "\(width) bytes at \(place) of \(name)")
        }
    }

    @Test(arguments: [0, 1]) func anotherKeyOpensNothing(_ index: Int) async throws {
        let secret = [BackupSecret.testKey, .testPassphrase][index]
        let objects = try await makeStore(secret)
        for other in [BackupSecret.otherKey, .passphrase("another passphrase"), nil] {
            let result = try await verify(objects, other)
            #expect(result.faults.count >= 4)
            let shelf = BackupShelf(MemoryStore(objects), Keyring(other, parameters: LoggedSystem.cheap))
            let error = await #expect(throws: BackupError.self) { try await BackupReader.newest(shelf) }
            #expect(error?.code == (other == nil ? .keyNeeded : .wrongKey))
        }
    }

    @Test func aMissingParentIsNamed() async throws {
        var objects = try await makeStore(nil)
        let ids = try await BackupShelf(MemoryStore(objects), Keyring(nil)).manifests().map(\.id)
        objects = objects.filter { !$0.key.contains("\(ids[1])") }
        let result = try await verify(objects, nil)
        #expect(Set(result.faults.map(\.backup)) == [ids[1], ids[2]])
        #expect(result.sound == [ids[0], ids[3]])
        let shelf = BackupShelf(MemoryStore(objects), Keyring(nil))
        let error = await #expect(throws: BackupError.self) { try await BackupReader(shelf, of: ids[2]) }
        #expect(error?.message.contains("\(ids[1])") == true)
    }

    @Test func aBlobDamagedInTheStoreIsMendedByStoringItAnew() async throws {
        try await LoggedSystem.with { system in
            try system.addBlob(Array("a blob".utf8))
            try await system.fill(3)
            try await system.back(up: .full)
            let name = try #require(system.store.names.first { $0.hasPrefix("blobs/") })
            system.store.change { $0[name]?[1] ^= 1 }
            let broken = try await BackupVerifier(system.shelf()).verify()
            #expect(broken.faults.map(\.isBlob) == [true])
            // Of the same size, it passes for good.
            try await system.back(up: .full)
            #expect(try await !BackupVerifier(system.shelf()).verify().isSound)
            try await system.back(up: .full, storesBlobsAnew: true)
            #expect(try await BackupVerifier(system.shelf()).verify().isSound)
        }
    }

    @Test func aReaderStopsBeforeItGivesWhatWasChanged() async throws {
        let genuine = try await makeStore(nil)
        let names = genuine.keys.filter { $0.contains("/log-") && $0.contains("-full-500") }.sorted()
        var objects = genuine
        objects[names[1]]?[200] ^= 1
        let shelf = BackupShelf(MemoryStore(objects), Keyring(nil))
        let reader = try await BackupReader.reaching(500, shelf)
        var count = 0
        let error = await #expect(throws: BackupError.self) {
            for try await batch in reader.events() { count += batch.count }
        }
        #expect(error?.code == .damaged)
        #expect(count == reader.chain[0].segments[0].range.count)
    }
}

/// What happens to files.
enum Corruption: CaseIterable {
    case flip, flipInManifest, truncate, append, remove, swapSegments, swapWithOtherBackup, duplicateLine, dropLine
    case editNumber, swapBlobs, addObject, empty

    /// - Returns: what was done; nil where there is nothing to do it to.
    func apply(to objects: inout [String: [UInt8]], hasKey: Bool, _ random: inout SeededRandom) -> String? {
        let names = objects.keys.sorted()
        let manifests = names.filter { $0.hasSuffix(".jsonl") }
        let segments = names.filter { $0.contains("/log-") }
        let blobs = names.filter { $0.hasPrefix("blobs/") }
        func pick(_ names: [String]) -> String { names.randomElement(using: &random) ?? "" }
        switch self {
        case .flip, .flipInManifest:
            let name = pick(self == .flip ? names.filter { objects[$0]?.isEmpty == false } : manifests)
            let place = Int.random(in: 0..<(objects[name]?.count ?? 1), using: &random)
            objects[name]?[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            return "flip at \(place) of \(name)"
        case .truncate:
            let name = pick(names.filter { objects[$0]?.isEmpty == false })
            let count = Int.random(in: 1...(objects[name]?.count ?? 1), using: &random)
            objects[name]?.removeLast(count)
            return "truncate by \(count) bytes \(name)"
        case .append:
            let name = pick(names)
            objects[name]? += (0..<Int.random(in: 1...64, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            return "append to \(name)"
        case .remove:
            let name = pick(names)
            objects[name] = nil
            return "remove \(name)"
        case .swapSegments, .swapWithOtherBackup:
            let first = pick(segments)
            let isSame = { (name: String) in Self.folder(name) == Self.folder(first) }
            // Two full backups of one log begin with the same bytes where nothing is sealed.
            let others = segments.filter {
                objects[$0] != objects[first] && isSame($0) == (self == .swapSegments)
            }
            guard !others.isEmpty else { return nil }
            return swap(first, pick(others), &objects)
        case .swapBlobs:
            let first = pick(blobs)
            return swap(first, pick(blobs.filter { $0 != first }), &objects)
        case .duplicateLine, .dropLine, .editNumber:
            let name = pick(manifests)
            edit(&objects[name, default: []], &random)
            // Whoever has no key can still compute a new checksum; without any key nothing could tell.
            if hasKey { Self.reseal(&objects[name, default: []]) }
            return "\(self) in \(name)"
        case .addObject:
            let name = Self.folder(pick(manifests)) + "log-000099.zst"
            objects[name] = Array("something else".utf8)
            return "addObject \(name)"
        case .empty:
            let name = pick(names.filter { objects[$0]?.isEmpty == false })
            objects[name] = []
            return "empty \(name)"
        }
    }

    private static func folder(_ name: String) -> String { Files.folder(of: "/" + name).dropFirst() + "/" }

    private func swap(_ first: String, _ second: String, _ objects: inout [String: [UInt8]]) -> String {
        (objects[first], objects[second]) = (objects[second], objects[first])
        return "\(self) \(first) and \(second)"
    }

    private func edit(_ text: inout [UInt8], _ random: inout SeededRandom) {
        var lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let index = Int.random(in: 0..<lines.count - 2, using: &random)
        switch self {
        case .duplicateLine: lines.insert(lines[index], at: index)
        case .dropLine: lines.remove(at: index)
        default:
            let digits = lines[index].indices.filter { lines[index][$0].isNumber }
            let place = digits.randomElement(using: &random) ?? lines[index].startIndex
            let other = lines[index][place] == "7" ? "8" : "7"
            lines[index].replaceSubrange(place...place, with: other)
        }
        text = Array(lines.joined(separator: "\n").utf8)
    }

    static func reseal(_ text: inout [UInt8]) {
        guard let end = text.dropLast().lastIndex(of: UInt8(ascii: "\n")) else { return }
        let seal = String(decoding: text[(end + 1)...], as: UTF8.self)
        let sum = SHA256.hash(Array(text[...end])).hex
        text = text[...end] + Array(#"{"sha256":"\#(sum)""#.utf8) + Array(seal.dropFirst(76).utf8)
    }
}
