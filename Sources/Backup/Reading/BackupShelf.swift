import EventLog

/// The backups of a store: which there are, and which belong together.
public struct BackupShelf: Sendable {
    public let store: any BackupStore
    public let keyring: Keyring

    public init(_ store: any BackupStore, _ keyring: Keyring) {
        self.store = store
        self.keyring = keyring
    }

    /// What lies in the store under the name of a backup.
    public enum Entry: Sendable {
        case backup(Manifest)
        /// There is a manifest, but it cannot be used.
        case damaged(BackupID, BackupError)
        /// There is no manifest: it was never finished, or is being made.
        case unfinished(BackupID)

        public var id: BackupID {
            switch self {
            case .backup(let manifest): manifest.id
            case .damaged(let id, _), .unfinished(let id): id
            }
        }
    }

    /// Everything, the oldest first. Needs no key: manifests are looked at as far as that goes without.
    public func entries() async throws -> [Entry] {
        var entries: [Entry] = []
        for id in try await store.folders(BackupID.folders).compactMap({ BackupID($0) }).sorted() {
            do {
                entries.append(.backup(try await file(id).manifest))
            } catch let error as BackupError where error.code == .notFound {
                entries.append(.unfinished(id))
            } catch let error as BackupError where error.code == .damaged {
                entries.append(.damaged(id, error))
            }
        }
        return entries
    }

    /// The manifests that can be read, the oldest first.
    public func manifests() async throws -> [Manifest] {
        try await entries().compactMap { entry in
            if case .backup(let manifest) = entry { manifest } else { nil }
        }
    }

    /// The manifest of a backup, proven genuine where it is encrypted.
    public func manifest(_ id: BackupID) async throws -> Manifest {
        let file = try await file(id)
        let key = try await keyring.key(opening: file.manifest.encryption)
        do {
            try file.check(with: key)
        } catch let problem as ManifestProblem {
            throw Self.damaged(id, problem)
        }
        return file.manifest
    }

    /// The backups that are needed to have everything up to that one: a full one first, it last.
    public func chain(to id: BackupID) async throws -> [Manifest] {
        var chain = [try await manifest(id)]
        while let first = chain.first, let parent = first.parent {
            guard chain.count <= Self.chainLengthMax else {
                throw BackupError(
                    .damaged, "\(id) has more than \(Self.chainLengthMax) backups before it.",
                    advice: "Use another one.")
            }
            let before: Manifest
            do {
                before = try await manifest(parent)
            } catch let error as BackupError where error.code == .notFound {
                throw BackupError(
                    .damaged, "\(first.id) continues \(parent), which is not in \(store).",
                    advice: "Use an older or a full backup, or recover \(parent).")
            }
            guard before.head == first.after, before.log == first.log || before.head.position == 0 else {
                throw BackupError(
                    .damaged, "\(first.id) does not continue \(parent) as it says.", advice: "Use another backup.")
            }
            chain.insert(before, at: 0)
        }
        return chain
    }

    private static let chainLengthMax = 10_000

    private func file(_ id: BackupID) async throws -> ManifestFile {
        let bytes = try await store.get(id.folder + Manifest.fileName)
        do throws(ManifestProblem) {
            let file = try ManifestFile(bytes)
            guard file.manifest.id == id else { throw .contradiction("it belongs to \(file.manifest.id)") }
            return file
        } catch {
            throw Self.damaged(id, error)
        }
    }

    private static func damaged(_ id: BackupID, _ problem: ManifestProblem) -> BackupError {
        BackupError(
            .damaged, "\(id): \(problem.explanation)",
            advice: "Use another backup or another copy of it; `lifeos backup verify --all` shows which are intact.")
    }
}
