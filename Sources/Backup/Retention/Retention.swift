public import Cryptography
import EventLog
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
        /// What the clock said, or the log where that is later: a name may tell a later time, so that names are in order.
        public let createdAt: Timestamp

        public init(id: BackupID, parent: BackupID?, log: SHA256Digest, createdAt: Timestamp? = nil) {
            self.id = id
            self.parent = parent
            self.log = log
            self.createdAt = createdAt ?? id.createdAt
        }

        init(_ manifest: Manifest) {
            self.init(
                id: manifest.id, parent: manifest.parent, log: manifest.log,
                createdAt: max(manifest.createdAt, manifest.head.recordedAt))
        }
    }

    /// The ones to remove, each before those it needs: whoever stops half-way leaves no backup without its parent.
    ///
    /// Kept are the newest full ones, young incremental ones, of each log the newest and the one that reaches furthest, and
    /// whatever these need.
    public func removals(of backups: [Candidate], now: Timestamp) -> [BackupID] {
        let parents = Dictionary(backups.map { ($0.id, $0.parent) }, uniquingKeysWith: { first, _ in first })
        var kept: Set<BackupID> = []
        for own in Dictionary(grouping: backups, by: \.log).values {
            let fulls = own.map(\.id).filter { $0.kind == .full }.sorted(by: >)
            var wanted = Array(fulls.prefix(fullMax))
            wanted += own.filter { $0.id.kind == .incremental && $0.createdAt >= now - incrementalAgeMax }.map(\.id)
            if let newest = own.map(\.id).max() { wanted.append(newest) }
            // Names may be out of order where the clock was set back; positions never are.
            if let furthest = own.map(\.id).max(by: { ($0.position, $0) < ($1.position, $1) }) {
                wanted.append(furthest)
            }
            for id in wanted {
                var next: BackupID? = id
                while let needed = next, kept.insert(needed).inserted { next = parents[needed] ?? nil }
            }
        }
        return parents.keys.filter { !kept.contains($0) }.sorted(by: >)
    }

    /// Of what has no manifest, the part that nobody works on any more.
    ///
    /// - Parameter unfinished: each with the last time at which its maker showed that it is at work.
    public func abandoned(_ unfinished: [(id: BackupID, aliveAt: Timestamp)], now: Timestamp) -> [BackupID] {
        unfinished.filter { $0.aliveAt < now - unfinishedAgeMax }.map(\.id)
    }
}
