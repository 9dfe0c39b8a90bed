internal import Glibc
internal import System

/// Keeps backups in a folder, each object as a file. What is written is on the disk before anyone is told so.
public actor FolderStore: BackupStore {
    private let root: String
    /// Files are waited for on a thread of their own.
    private nonisolated let executor = ThreadExecutor(name: "backup-folder")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
    public nonisolated var description: String { root }

    /// - Parameter root: an absolute path; made when something is first put there.
    public init(_ root: String) { self.root = root }

    public func put(_ name: String, _ bytes: [UInt8]) throws {
        try told { () throws(SystemError) in
            let path = "\(root)/\(name)"
            try makeFolder(Files.folder(of: path))
            try Files.replace(path, with: bytes, mode: 0o600)
        }
    }

    public func get(_ name: String) throws -> [UInt8] {
        do {
            return try told { () throws(SystemError) in
                try Files.read("\(root)/\(name)", limit: BackupLimits.objectBytesMax)
            }
        } catch let error as SystemError where error.code == ENOENT {
            throw BackupError.notFound(name, in: self)
        }
    }

    public func list(_ prefix: String) throws -> [StoredObject] {
        var found: [StoredObject] = []
        try told { () throws(SystemError) in
            try collect(String(prefix.dropLast(prefix.hasSuffix("/") ? 1 : 0)), into: &found)
        }
        return found.sorted { $0.name < $1.name }
    }

    public func folders(_ prefix: String) throws -> [String] {
        let path = "\(root)/\(prefix)"
        guard Files.isFolder(path) else { return [] }
        return try told { () throws(SystemError) in try Files.names(in: path).filter { Files.isFolder("\(path)/\($0)") }
        }
    }

    public func delete(_ name: String) throws {
        try told { () throws(SystemError) in
            try Files.remove("\(root)/\(name)")
            // A folder without files is nothing to this store.
            var folder = Files.folder(of: "\(root)/\(name)")
            while folder.count > root.count, (try? Files.names(in: folder))?.isEmpty == true {
                try Files.removeTree(folder)
                folder = Files.folder(of: folder)
            }
        }
    }

    private func collect(_ folder: String, into found: inout [StoredObject]) throws(SystemError) {
        let path = folder.isEmpty ? root : "\(root)/\(folder)"
        guard Files.isFolder(path) else { return }
        for entry in try Files.names(in: path) {
            let name = folder.isEmpty ? entry : "\(folder)/\(entry)"
            if Files.isFolder("\(root)/\(name)") {
                try collect(name, into: &found)
            } else if let bytes = Files.size(of: "\(root)/\(name)") {
                found.append(StoredObject(name: name, bytes: bytes))
            }
        }
    }

    /// Makes folders so that a crash cannot take them back.
    private func makeFolder(_ path: String) throws(SystemError) {
        if Files.isFolder(path) { return }
        let parent = Files.folder(of: path)
        if parent != path { try makeFolder(parent) }
        try Files.makeFolder(path, mode: 0o700)
        try FileDescriptor.open(parent, .directory).sync()
    }

    /// Says what a full or unreachable disk means here.
    private func told<Result>(_ work: () throws(SystemError) -> Result) throws -> Result {
        do {
            return try work()
        } catch {
            switch error.code {
            case ENOENT: throw error
            case ENOSPC, EDQUOT:
                throw BackupError(
                    .store, "The disk of \(root) is full.",
                    advice: "Free some space there (`lifeos backup prune` deletes old backups), then try again.")
            case EFBIG:
                throw BackupError(
                    .damaged, "\(error.subject) is larger than any object of a backup.",
                    advice: "It was changed; use another copy or an older backup.")
            default:
                throw BackupError(
                    .store, "The backups' folder cannot be used: \(error).",
                    advice: "Check LIFEOS_BACKUP_TARGET and who may write there.")
            }
        }
    }
}
