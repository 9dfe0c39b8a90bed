import Backup
import Configuration
import JSON
import Recovery
import Service
import System
import Telemetry

/// When the last backup was made, and what the schedule says is due.
struct BackupStatus: Sendable {
    let target: String
    /// Nil where there is none, or where that is not known.
    let last: Timestamp?
    /// Whether everything was asked that knows of backups; a bucket is not asked while the database is down.
    let isKnown: Bool
    /// When the first change was recorded that no backup has; nil where all are in one, or where that is not known.
    let unsavedSince: Timestamp?
    let due: [String]
    let hasSchedule: Bool

    static func look(_ settings: Settings, _ facts: DatabaseStatus.Facts?, now: Timestamp) async throws -> BackupStatus
    {
        let place = try BackupPlace(settings, metrics: Metrics(), logger: .silent)
        let schedule = settings[BackupSettings.schedule]
        let agenda = facts?.backups.flatMap { backups in
            schedule?.agenda(done: backups.done, tried: backups.tried, now: now, in: .ofThisProcess)
        }
        var last = facts?.backups?.lastBackup
        var isKnown = facts?.backups != nil
        if last == nil, case .folder(let path) = place.target {
            last = Files.isFolder(path) ? try await place.shelf.manifests().last?.createdAt : nil
            isKnown = true
        }
        return BackupStatus(
            target: "\(place.target)", last: last, isKnown: isKnown, unsavedSince: facts?.backups?.unsavedSince,
            due: (agenda ?? []).filter(\.isDue).map(\.work.rawValue), hasSchedule: schedule != nil)
    }

    var sentence: String {
        guard let last else {
            return isKnown ? "none in \(target) yet; create one with: lifeos backup create" : "not known"
        }
        var parts = ["last at \(last.seconds), in \(target)"]
        if let unsavedSince { parts.append("changes since \(unsavedSince.seconds) are in no backup") }
        if !due.isEmpty { parts.append("due now: \(due.joined(separator: ", "))") }
        if !hasSchedule { parts.append("no schedule is set") }
        return parts.joined(separator: "; ")
    }

    var json: JSONValue {
        [
            "target": .string(target), "last_at": last.map { .string($0.description) } ?? .null,
            "known": .bool(isKnown), "unsaved_since": unsavedSince.map { .string($0.description) } ?? .null,
            "due": .array(due.map { .string($0) }), "scheduled": .bool(hasSchedule),
        ]
    }
}
