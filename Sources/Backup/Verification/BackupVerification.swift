/// What a verification of backups found.
public struct BackupVerification: Sendable, Equatable {
    /// The backups that were looked at, the ones before others first.
    public internal(set) var backups: [BackupID] = []
    public internal(set) var events = 0
    public internal(set) var blobs = 0
    /// Everything that is not as it was written.
    public internal(set) var faults: [BackupFault] = []

    public var isSound: Bool { faults.isEmpty }

    /// The backups that everything is as it should be of, those included that they need.
    public var sound: [BackupID] {
        let broken = Set(faults.map(\.backup))
        return backups.filter { !broken.contains($0) }
    }
}

/// Something in a backup that is not as it was written.
public struct BackupFault: Sendable, Hashable, CustomStringConvertible {
    public let backup: BackupID
    /// A sentence about it for people.
    public let explanation: String
    /// Whether it is a blob, which other backups may share: a new backup has to store it again.
    public let isBlob: Bool

    public init(_ backup: BackupID, _ explanation: String, isBlob: Bool = false) {
        self.backup = backup
        self.explanation = explanation
        self.isBlob = isBlob
    }

    public var description: String { explanation }
}
