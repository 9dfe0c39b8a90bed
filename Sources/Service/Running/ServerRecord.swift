import JSON
package import System

/// Where a running server of a home answers, for `lifeos status`. The server holds a lock on its record, which the kernel
/// releases when the process ends, however it ends: a record without a lock is stale.
package struct ServerRecord: Sendable, Equatable {
    package let processID: Int
    /// Such as `http://127.0.0.1:8080`.
    package let address: String
    package let version: String
    package let commit: String?
    package let startedAt: Timestamp
    /// The fork it serves; nil for the installation itself.
    package let fork: String?

    package init(
        processID: Int, address: String, version: String, commit: String?, startedAt: Timestamp, fork: String?
    ) {
        self.processID = processID
        self.address = address
        self.version = version
        self.commit = commit
        self.startedAt = startedAt
        self.fork = fork
    }

    private static func folder(in home: String) -> String { "\(home)/servers" }

    /// The records of all servers that run on this home now, the oldest first.
    package static func running(in home: String) -> [ServerRecord] {
        let folder = folder(in: home)
        let names = ((try? Files.names(in: folder)) ?? []).filter { $0.hasSuffix(".json") }
        return names.compactMap { name in
            guard isHeld("\(folder)/\(name)"), let text = try? Files.readText("\(folder)/\(name)", limit: 64 << 10)
            else { return nil }
            return ServerRecord(text)
        }.sorted { $0.startedAt < $1.startedAt }
    }

    private static func isHeld(_ path: String) -> Bool {
        guard let file = try? FileDescriptor.open(path, .read) else { return false }
        return (try? file.lock()) == false
    }

    /// Publishes the record of this process and removes stale ones.
    ///
    /// - Returns: nil where there is no home to publish it in.
    package func publish(in home: String) throws(SystemError) -> PublishedServerRecord? {
        guard Files.isFolder(home) else { return nil }
        let folder = Self.folder(in: home)
        try Files.makeFolder(folder, mode: 0o700)
        for name in try Files.names(in: folder) where !Self.isHeld("\(folder)/\(name)") {
            try Files.remove("\(folder)/\(name)")
        }
        // Locked before it gets its name, so that nobody ever finds it unlocked while this process runs.
        let (draft, path) = ("\(folder)/\(processID).draft", "\(folder)/\(processID).json")
        let file = try FileDescriptor.open(draft, .createNew(mode: 0o600))
        guard try file.lock() else { return nil }
        try file.write(json.encoded().span)
        try Files.rename(draft, to: path)
        return PublishedServerRecord(file, path)
    }

    private var json: JSONValue {
        var object: JSONObject = [
            "process": .integer(processID), "address": .string(address), "version": .string(version),
            "started_at": .string(startedAt.description),
        ]
        if let commit { object["commit"] = .string(commit) }
        if let fork { object["fork"] = .string(fork) }
        return .object(object)
    }

    private init?(_ text: String) {
        guard let json = try? JSONValue(parsing: text), let processID = json["process"]?.integer,
            let address = json["address"]?.string, let version = json["version"]?.string,
            let startedAt = (json["started_at"]?.string).flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            processID: processID, address: address, version: version, commit: json["commit"]?.string,
            startedAt: startedAt, fork: json["fork"]?.string)
    }
}

/// A record that stands as long as this process runs, or until it is withdrawn.
package final class PublishedServerRecord: Sendable {
    private let file: FileDescriptor
    private let path: String

    init(_ file: consuming FileDescriptor, _ path: String) {
        self.file = file
        self.path = path
    }

    package func withdraw() { try? Files.remove(path) }
}
