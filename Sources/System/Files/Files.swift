internal import Glibc
internal import Synchronization

/// Whole files by path. Nothing here follows a relative path: pass absolute ones.
public enum Files {
    /// Everything in the file; refused when it holds more than `limit` bytes.
    public static func read(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
        let file = try FileDescriptor.open(path, .read)
        var bytes: [UInt8] = []
        while true {
            let chunk = try file.read(upTo: 64 << 10)
            if chunk.isEmpty { return bytes }
            bytes += chunk
            if bytes.count > limit { throw SystemError(code: EFBIG, operation: "read", subject: path) }
        }
    }

    public static func readText(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> String {
        String(decoding: try read(path, limit: limit), as: UTF8.self)
    }

    /// Replaces the file as one step that survives a crash: a reader sees the old bytes or the new, never half.
    ///
    /// - Parameter mode: of the new file, less the process's mask; default readable by all.
    public static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o644) throws(SystemError) {
        // Numbered, so that two threads that replace the same file do not write into one draft.
        let number = draftLast.wrappingAdd(1, ordering: .relaxed).newValue
        let draft = "\(path).\(getpid())-\(number).draft"
        do {
            try create(draft, bytes, mode)
            try rename(draft, to: path)
        } catch {
            try? remove(draft)
            throw error
        }
        try FileDescriptor.open(Self.folder(of: path), .directory).sync()
    }

    private static let draftLast = Atomic<Int>(0)

    private static func create(_ path: String, _ bytes: [UInt8], _ mode: UInt32) throws(SystemError) {
        // What a process of the same number left in the middle of its work.
        try remove(path)
        let file = try FileDescriptor.open(path, .createNew(mode: mode))
        try file.write(bytes.span)
        try file.sync()
    }

    /// Gives a file or folder another name, in place of a file that has it already.
    public static func rename(_ path: String, to newPath: String) throws(SystemError) {
        guard unsafe Glibc.rename(path, newPath) == 0 else { throw .last("rename", path) }
    }

    /// The bytes in a file; `nil` when it is not there.
    public static func size(of path: String) -> Int? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// The user that a file or folder belongs to; `nil` when it is not there.
    public static func owner(of path: String) -> UInt32? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_uid : nil
    }

    public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes the folder and the ones above it; one that exists already is fine and keeps its mode.
    public static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
        if isFolder(path) { return }
        let parent = folder(of: path)
        if parent != path { try makeFolder(parent, mode: mode) }
        guard unsafe mkdir(path, mode) != 0 else { return }
        let failure = SystemError.last("mkdir", path)
        // Somebody else may have made it in the meantime; a file of that name is in the way.
        guard failure.code == EEXIST, isFolder(path) else { throw failure }
    }

    /// The names in a folder, sorted, without `.` and `..`.
    public static func names(in path: String) throws(SystemError) -> [String] {
        guard let folder = unsafe opendir(path) else { throw .last("opendir", path) }
        return unsafe names(reading: folder)
    }

    /// Takes the stream over.
    private static func names(reading folder: OpaquePointer) -> [String] {
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file; one that is not there is fine.
    public static func remove(_ path: String) throws(SystemError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .last("unlink", path) }
    }

    /// Removes a file, or a folder with all that is in it; one that is not there is fine. Links are not followed, not even
    /// one that is put in a folder's place meanwhile.
    public static func removeTree(_ path: String) throws(SystemError) {
        let parent: FileDescriptor
        do {
            parent = try .open(folder(of: path), .directory)
        } catch {
            if error.code == ENOENT { return }
            throw error
        }
        try remove(path.split(separator: "/").last.map(String.init) ?? "", in: parent, path)
    }

    /// Goes by descriptors all the way down, since a path may lead elsewhere by the time it is used.
    private static func remove(
        _ name: String, in parent: borrowing FileDescriptor, _ path: String
    ) throws(SystemError) {
        if unsafe unlinkat(parent.number, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR else { throw .last("unlink", path) }
        let number = unsafe openat(parent.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw .last("open", path) }
        let folder = FileDescriptor(adopting: number)
        for name in try names(in: folder, path) { try remove(name, in: folder, "\(path)/\(name)") }
        guard unsafe unlinkat(parent.number, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw .last("rmdir", path)
        }
    }

    private static func names(in folder: borrowing FileDescriptor, _ path: String) throws(SystemError) -> [String] {
        let copy = fcntl(folder.number, F_DUPFD_CLOEXEC, 0)
        guard let stream = unsafe fdopendir(copy) else {
            let failure = SystemError.last("opendir", path)
            close(copy)
            throw failure
        }
        return unsafe names(reading: stream)
    }

    /// What a file, or a folder with all that is in it, takes on the disk. What cannot be looked at does not count.
    public static func treeBytes(_ path: String) -> Int {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return 0 }
        let own = Int(status.st_blocks) * 512
        guard status.st_mode & S_IFMT == S_IFDIR else { return own }
        return ((try? names(in: path)) ?? []).reduce(own) { $0 + treeBytes("\(path)/\($1)") }
    }

    /// The part of a path before its last slash; `/` for what lies at the top.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
