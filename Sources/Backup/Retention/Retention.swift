public import Cryptography
public import System

/// How long backups are kept.
public struct Retention: Sendable, Equatable {
    /// So many full ones of each log, the newest. Default 30.
    public var fullMax = 30
    /// Incremental ones up to this age. Default 7 days.
    public var incrementalAgeMax: Duration = .seconds(7 * 86_400)
    /// What was begun and never finished goes at this age: younger, it may still be in the making. Default 1 day.
    public var unfinishedAgeMax: Duration = .seconds(86_400)

    public init() {}

    /// What is known of a backup when it is decided upon.
    public struct Candidate: Sendable, Hashable {
        public let id: BackupID
        public let parent: BackupID?
        public let log: SHA256Digest

        public init(id: BackupID, parent: BackupID?, log: SHA256Digest) {
            self.id = id
            self.parent = parent
            self.log = log
        }
    }

    /// The ones to remove, each before those it needs: whoever stops half-way leaves no backup without its parent.
    ///
    /// Kept are the newest full ones, young incremental ones, the newest of each log, and whatever these need.
    public func removals(of backups: [Candidate], now: Timestamp) -> [BackupID] {
        let parents = Dictionary(backups.map { ($0.id, $0.parent) }, uniquingKeysWith: { first, _ in first })
        var kept: Set<BackupID> = []
        for own in Dictionary(grouping: backups, by: \.log).values {
            let fulls = own.map(\.id).filter { $0.kind == .full }.sorted(by: >)
            var wanted = Array(fulls.prefix(fullMax))
            wanted += own.map(\.id).filter { $0.kind == .incremental && $0.createdAt >= now - incrementalAgeMax }
            if let newest = own.map(\.id).max() { wanted.append(newest) }
            for id in wanted {
                var next: BackupID? = id
                while let needed = next, kept.insert(needed).inserted { next = parents[needed] ?? nil }
            }
        }
        return parents.keys.filter { !kept.contains($0) }.sorted(by: >)
    }

    /// Of what has no manifest, the part that nobody works on any more.
    public func abandoned(_ unfinished: [BackupID], now: Timestamp) -> [BackupID] {
        unfinished.filter { $0.createdAt < now - unfinishedAgeMax }
    }
}
