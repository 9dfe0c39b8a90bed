import Cryptography
import EventLog
import JSON
import System

/// The manifest as text: JSON, one object a line. First the backup, then its segments and lists of blobs, last the seal.
extension Manifest {
    /// All but the seal.
    var lines: [UInt8] {
        var text = line { writer in
            writer.field("lifeos_backup", version)
            writer.field("id", id.description)
            writer.field("kind", kind.rawValue)
            if let parent { writer.field("parent", parent.description) }
            writer.field("created_at", createdAt.description)
            writer.field("installation", installation.description)
            writer.field("log", log.hex)
            if let logID { writer.field("log_id", logID.description) }
            writer.field("events", eventCount)
            writer.field("after") { $0.write(after) }
            writer.field("head") { $0.write(head) }
            writer.field("categories") { writer in
                writer.object {
                    for (name, count) in categories.sorted(by: { $0.key < $1.key }) { $0.field(name, count) }
                }
            }
            writer.field("segments", segments.count)
            writer.field("blob_lists", blobIndexes.count)
            guard let encryption else { return }
            writer.field("encryption") { writer in
                writer.object {
                    $0.field("cipher", Encryption.cipher)
                    if let recipe = encryption.recipe { $0.field("key_from", recipe.description) }
                    $0.field("key_check", encryption.keyCheck)
                }
            }
        }
        for segment in segments { text += line { segment.write(into: &$0) } }
        for index in blobIndexes { text += line { index.write(into: &$0) } }
        return text
    }

    private func line(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { members(&$0) }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// Reads ``lines``; strict, since nobody but us writes them.
    init(lines: ArraySlice<UInt8>) throws(ManifestProblem) {
        var rest = lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
            .makeIterator()
        func next() throws(ManifestProblem) -> JSONValue {
            guard let line = rest.next(), let value = try? JSONValue(parsing: Array(line)) else { throw .unreadable }
            return value
        }
        let first = try next()
        guard let version = first["lifeos_backup"]?.integer else { throw .unreadable }
        guard Self.versions ~= version else { throw .version(version) }
        let encryption = try first["encryption"].map { json throws(ManifestProblem) in try Encryption(json) }
        guard let id = (first["id"]?.string).flatMap({ BackupID($0) }), first["kind"]?.string == id.kind.rawValue,
            let createdAt = (first["created_at"]?.string).flatMap({ Timestamp($0) }),
            let installation = (first["installation"]?.string).flatMap({ UUID($0) }),
            let log = (first["log"]?.string).flatMap({ SHA256Digest(hex: $0) }),
            let after = first["after"].flatMap({ LogHead($0) }), let head = first["head"].flatMap({ LogHead($0) }),
            first["events"]?.integer == head.position - after.position,
            let categories = first["categories"]?.object,
            let segmentCount = first["segments"]?.integer, let indexCount = first["blob_lists"]?.integer
        else { throw .unreadable }
        self.init(
            id: id, parent: (first["parent"]?.string).flatMap { BackupID($0) }, createdAt: createdAt,
            installation: installation, log: log, logID: (first["log_id"]?.string).flatMap { LogID($0) }, after: after,
            head: head, categories: [:], segments: [],
            blobIndexes: [], encryption: encryption)
        for (name, count) in categories {
            guard let count = count.integer, 1...BackupLimits.countMax ~= count else { throw .unreadable }
            self.categories[name] = count
        }
        for _ in 0..<max(0, segmentCount) { segments.append(try Segment(next())) }
        for _ in 0..<max(0, indexCount) { blobIndexes.append(try BlobIndex(next())) }
        guard rest.next() == nil else { throw .unreadable }
        // Whatever is written in another way was not written by us.
        guard self.lines.elementsEqual(lines) else { throw .unreadable }
        if let contradiction { throw .contradiction(contradiction) }
    }
}

/// Why the text of a manifest is none.
enum ManifestProblem: Error, Equatable {
    case unreadable
    case version(Int)
    case contradiction(String)
    /// The last line does not fit the ones before it.
    case wrongSeal

    var explanation: String {
        switch self {
        case .unreadable: "The manifest is not one that was written by this program."
        case .version(let version): "The manifest has version \(version), which this program does not know."
        case .contradiction(let what): "The manifest contradicts itself: \(what)."
        case .wrongSeal: "The manifest was changed: its last line does not fit the ones before it."
        }
    }
}

extension Manifest.Segment {
    fileprivate func write(into writer: inout JSONWriter) {
        writer.field("segment", name)
        writer.field("from", range.lowerBound)
        writer.field("to", range.upperBound)
        writer.field("first_recorded_at", firstRecordedAt.description)
        writer.field("last_recorded_at", lastRecordedAt.description)
        writer.field("raw_bytes", rawBytes)
        writer.field("bytes", bytes)
        writer.field("sha256", sha256.hex)
        writer.field("hash_before", hashBefore.hex)
        writer.field("hash", hash.hex)
    }

    fileprivate init(_ json: JSONValue) throws(ManifestProblem) {
        guard let name = json["segment"]?.string, let from = json["from"]?.integer, let to = json["to"]?.integer,
            from >= 1, to >= from, to <= BackupLimits.countMax,
            let first = (json["first_recorded_at"]?.string).flatMap({ Timestamp($0) }),
            let last = (json["last_recorded_at"]?.string).flatMap({ Timestamp($0) }),
            let rawBytes = json.size("raw_bytes", max: BackupLimits.rawBytesMax),
            let bytes = json.size("bytes", max: BackupLimits.objectBytesMax),
            let sha256 = (json["sha256"]?.string).flatMap({ SHA256Digest(hex: $0) }),
            let before = (json["hash_before"]?.string).flatMap({ SHA256Digest(hex: $0) }),
            let hash = (json["hash"]?.string).flatMap({ SHA256Digest(hex: $0) })
        else { throw .unreadable }
        self.init(
            name: name, range: from...to, firstRecordedAt: first, lastRecordedAt: last, rawBytes: rawBytes,
            bytes: bytes, sha256: sha256, hashBefore: before, hash: hash)
    }
}

extension Manifest.BlobIndex {
    fileprivate func write(into writer: inout JSONWriter) {
        writer.field("blob_list", name)
        writer.field("blobs", count)
        writer.field("content_bytes", contentBytes)
        writer.field("raw_bytes", rawBytes)
        writer.field("bytes", bytes)
        writer.field("sha256", sha256.hex)
    }

    fileprivate init(_ json: JSONValue) throws(ManifestProblem) {
        guard let name = json["blob_list"]?.string,
            let count = json.size("blobs", max: BackupLimits.blobsPerIndex),
            let contentBytes = json.size("content_bytes", max: BackupLimits.blobsPerIndex * BackupLimits.blobBytesMax),
            let rawBytes = json.size("raw_bytes", max: BackupLimits.rawBytesMax),
            let bytes = json.size("bytes", max: BackupLimits.objectBytesMax),
            let sha256 = (json["sha256"]?.string).flatMap({ SHA256Digest(hex: $0) })
        else { throw .unreadable }
        self.init(
            name: name, count: count, contentBytes: contentBytes, rawBytes: rawBytes, bytes: bytes, sha256: sha256)
    }
}

extension Manifest.Encryption {
    fileprivate init(_ json: JSONValue) throws(ManifestProblem) {
        guard json["cipher"]?.string == Self.cipher, let keyCheck = json["key_check"]?.string else {
            throw .unreadable
        }
        let recipe = (json["key_from"]?.string).flatMap { PassphraseRecipe($0) }
        if json["key_from"] != nil, recipe == nil { throw .unreadable }
        self.init(recipe: recipe, keyCheck: keyCheck)
    }
}

extension JSONValue {
    /// A number that somebody else may have written.
    fileprivate func size(_ name: String, max: Int) -> Int? {
        guard let size = self[name]?.integer, 0...max ~= size else { return nil }
        return size
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ head: LogHead) {
        object {
            $0.field("position", head.position)
            $0.field("hash", head.hash.hex)
            $0.field("recorded_at", head.recordedAt.description)
        }
    }
}

extension LogHead {
    fileprivate init?(_ json: JSONValue) {
        guard let position = json.size("position", max: BackupLimits.countMax),
            let hash = (json["hash"]?.string).flatMap({ SHA256Digest(hex: $0) }),
            let recordedAt = (json["recorded_at"]?.string).flatMap({ Timestamp($0) })
        else { return nil }
        self.init(position: position, hash: hash, recordedAt: recordedAt)
    }
}
