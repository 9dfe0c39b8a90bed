internal import Glibc

extension Files {
    /// Who else can change what lies at a path, and where.
    public struct Exposure: Sendable, Equatable, CustomStringConvertible {
        /// The folder or link that somebody else holds: the path itself, or what leads to it.
        public let path: String
        /// The user it belongs to, where that is not root; otherwise others may write there.
        public let owner: UInt32?

        public var description: String {
            owner.map { "\(path) belongs to user \($0)" } ?? "\(path) can be written by others"
        }

        /// What to do about it, as the beginning of a sentence.
        public var advice: String {
            owner == nil
                ? "Close it to others (chmod go-w \(path))" : "Start as that user, give it to root (chown root \(path))"
        }
    }

    /// Where somebody other than root could put something of their own in the place of a folder or into it; `nil` when
    /// nobody can. What is not there yet is fine.
    ///
    /// Looks at every step of the way: whoever may write a folder may exchange what lies in it, unless the folder is
    /// sticky, as `/tmp` is, and the thing belongs to another.
    public static func exposure(of path: String) throws(SystemError) -> Exposure? {
        var rest = path.split(separator: "/").map(String.init)
        var at = "/"
        var links = 0
        while true {
            var status = stat()
            guard unsafe lstat(at, &status) == 0 else {
                if errno == ENOENT { return nil }
                throw .last("lstat", at)
            }
            if status.st_uid != 0 { return Exposure(path: at, owner: status.st_uid) }
            if status.st_mode & S_IFMT == S_IFLNK {
                links += 1
                guard links <= linksMax else { throw SystemError(code: ELOOP, operation: "lstat", subject: path) }
                let target = try linkTarget(of: at)
                rest = target.split(separator: "/").map(String.init) + rest
                at = target.hasPrefix("/") ? "/" : folder(of: at)
                continue
            }
            let isSticky = status.st_mode & S_ISVTX != 0 && !rest.isEmpty
            if status.st_mode & 0o022 != 0, !isSticky { return Exposure(path: at, owner: nil) }
            guard !rest.isEmpty else { return nil }
            switch rest.removeFirst() {
            case ".": break
            case "..": at = folder(of: at)
            case let name: at = at == "/" ? "/\(name)" : "\(at)/\(name)"
            }
        }
    }

    /// As many as the kernel follows.
    private static let linksMax = 40

    private static func linkTarget(of path: String) throws(SystemError) -> String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(path, &bytes, bytes.count)
        guard count >= 0 else { throw .last("readlink", path) }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
