/// Where backups go, as settings say it.
public enum BackupTarget: Sendable, Equatable, CustomStringConvertible {
    /// An absolute path.
    case folder(String)
    case bucket(String, prefix: String)

    /// Reads `/a/folder` or `s3://bucket/prefix`.
    public init(_ text: String) throws(BackupError) {
        guard text.hasPrefix("s3:") else {
            guard text.hasPrefix("/") else {
                throw BackupError(
                    .setting, "\(text) is not a valid backup target.",
                    advice: "Set LIFEOS_BACKUP_TARGET to an absolute path or to s3://bucket/prefix.")
            }
            self = .folder(text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text)
            return
        }
        let parts = text.dropFirst(3).split(separator: "/", maxSplits: 1)
        let bucket = parts.first.map(String.init) ?? ""
        let prefix = parts.count > 1 ? String(parts[1]) : ""
        let trimmed = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
        guard text.hasPrefix("s3://"), !text.hasPrefix("s3:///"), (3...63).contains(bucket.utf8.count),
            bucket.wholeMatch(of: /[a-z0-9][a-z0-9.-]*[a-z0-9]/) != nil,
            trimmed.wholeMatch(of: /([A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*)?/) != nil,
            !trimmed.split(separator: "/").contains(where: { $0 == "." || $0 == ".." })
        else {
            throw BackupError(
                .setting, "\(text) is not a bucket.",
                advice: "Write s3://bucket/prefix, with letters, digits, dots and hyphens only.")
        }
        self = .bucket(bucket, prefix: trimmed)
    }

    public var description: String {
        switch self {
        case .folder(let path): path
        case .bucket(let bucket, let prefix): prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix)"
        }
    }
}
