import Backup
import CLI
import Configuration
import JSON
import Service

extension Command {
    private static let ids = Argument<[BackupID]>(
        rest: "id", backupName, "Backups to verify, with those they need; the newest when none is named.")
    private static let everything = Option(flag: "all", "Verifies all that there are.")

    static let backupVerify = Command(
        "backup verify", "Reads backups from end to end and checks that they are what was written.",
        details: """
            Computes every hash again, of objects, of events and of blobs, and follows the chain from backup to backup. Needs \
            the key where a backup is encrypted, but no database. Ends with exit code 1 when something is wrong.
            """,
        options: [everything], arguments: [ids],
        examples: [
            "lifeos backup verify": "The newest, and what it needs.", "lifeos backup verify --all": "All of them.",
        ]
    ) { run in
        try await withBackups(run) { place in
            let chosen = try await chosen(run, place)
            let progress = StepProgress("Verifying", unit: "events and blobs", on: run.output)
            defer { progress.end() }
            let result = try await BackupVerifier(place.shelf).verify(chosen) { progress.reach($0, of: $1) }
            progress.end()
            guard result.isSound else {
                run.output.json(BackupReport(result))
                for fault in result.faults.prefix(faultsShownMax) { run.output.warn("\(fault)") }
                throw Failure(
                    "\(result.faults.count) things are wrong with \(Set(result.faults.map(\.backup)).count) backups.",
                    advice: advice(result))
            }
            run.output.say(
                "\(result.backups.count == 1 ? "1 backup is" : "\(result.backups.count) backups are") sound: \(result.events) events, \(result.blobs) blobs.",
                [
                    "sound": true, "backups": .number(result.backups.count), "events": .number(result.events),
                    "blobs": .number(result.blobs),
                ])
        }
    }

    /// Of what is wrong, so much is shown to people.
    private static let faultsShownMax = 20

    private static func chosen(_ run: Invocation, _ place: BackupPlace) async throws -> [BackupID]? {
        if run[everything] { return nil }
        if !run[ids].isEmpty { return run[ids] }
        guard
            let newest = try await place.shelf.entries().last(where: {
                if case .unfinished = $0 { false } else { true }
            })
        else {
            throw Failure(
                "There is no backup in \(place.target).",
                advice: "Make one: lifeos backup create; or check LIFEOS_BACKUP_TARGET.")
        }
        return [newest.id]
    }

    private static func advice(_ result: BackupVerification) -> String {
        // What lies in the store would be taken for good again.
        let command = "lifeos backup create --full\(result.faults.contains { $0.isBlob } ? " --blobs-anew" : "")"
        guard let sound = result.sound.last else {
            return "Make a new backup now: \(command); and look for another copy of the old ones."
        }
        return "The newest that is sound is \(sound). Make a new one now: \(command)"
    }
}

/// What a verification found wrong, for machines.
private struct BackupReport: JSONEncodable {
    private let result: BackupVerification

    init(_ result: BackupVerification) { self.result = result }

    func encode(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("sound", result.isSound)
            writer.field("backups", result.backups.count)
            writer.field("events", result.events)
            writer.field("blobs", result.blobs)
            writer.field("faults") { writer in
                writer.array(of: result.faults) { writer, fault in
                    writer.object {
                        $0.field("backup", fault.backup.description)
                        $0.field("explanation", fault.explanation)
                    }
                }
            }
        }
    }
}
