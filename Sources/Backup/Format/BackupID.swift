public import System

public enum BackupKind: String, Sendable, CaseIterable {
    /// Holds the whole log up to its head.
    case full
    /// Holds what came after its parent.
    case incremental
}

/// A backup's name, such as `20261121T123000Z-full-374`: when, what, and up to which position. In order of time.
public struct BackupID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// To the second.
    public let createdAt: Timestamp
    public let kind: BackupKind
    public let position: Int

    public init(createdAt: Timestamp, kind: BackupKind, position: Int) {
        let second: Int64 = 1_000_000
        self.createdAt = Timestamp(microsecondsSinceEpoch: createdAt.microsecondsSinceEpoch / second * second)
        self.kind = kind
        self.position = position
    }

    /// Reads a name in its only spelling; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 16, let kind = BackupKind(rawValue: String(parts[1])),
            let position = Int(parts[2]), position >= 0
        else { return nil }
        let time = Array(parts[0].utf8)
        func digits(_ range: Range<Int>) -> String { String(decoding: time[range], as: UTF8.self) }
        let written =
            "\(digits(0..<4))-\(digits(4..<6))-\(digits(6..<8))T\(digits(9..<11)):\(digits(11..<13)):\(digits(13..<15))Z"
        guard let createdAt = Timestamp(written) else { return nil }
        self.init(createdAt: createdAt, kind: kind, position: position)
        guard description == text else { return nil }
    }

    public var description: String {
        let time = createdAt.description.prefix(19).filter { $0 != "-" && $0 != ":" }
        return "\(time)Z-\(kind.rawValue)-\(position)"
    }

    public static func < (left: BackupID, right: BackupID) -> Bool {
        (left.createdAt, left.position, left.kind.rawValue) < (right.createdAt, right.position, right.kind.rawValue)
    }

    /// Where its objects lie in a store.
    var folder: String { "\(Self.folders)\(self)/" }
    static let folders = "backups/"
}
