import Backup
import CLI
import Configuration
import JSON
import Service

extension Command {
    private static let ids = Argument<[BackupID]>(
        rest: "id", backupName, "Backups to verify, with those they depend on. Default: the newest.")
    private static let everything = Option(flag: "all", "Verify all backups.")

    static let backupVerify = Command(
        "backup verify", "Read backups from end to end and check every hash.",
        details: """
            Recomputes the hashes of objects, events and blobs, and follows the chain from backup to backup. Needs no database, but \
            the key of encrypted backups. Exits with 1 if something is wrong.
            """,
        options: [everything], arguments: [ids],
        examples: [
            "lifeos backup verify": "The newest, and those it depends on.",
            "lifeos backup verify --all": "All backups.",
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
                    "Found \(result.faults.count) faults in \(Set(result.faults.map(\.backup)).count) backups.",
                    advice: advice(result))
            }
            run.output.say(
                "\(result.backups.count == 1 ? "1 backup is" : "\(result.backups.count) backups are") intact: \(result.events) events, \(result.blobs) blobs.",
                [
                    "sound": true, "backups": .number(result.backups.count), "events": .number(result.events),
                    "blobs": .number(result.blobs),
                ])
        }
    }

    /// The number of faults shown to people.
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
                "There are no backups in \(place.target).",
                advice: "Create one with `lifeos backup create`, or check LIFEOS_BACKUP_TARGET.")
        }
        return [newest.id]
    }

    private static func advice(_ result: BackupVerification) -> String {
        // What lies in the store would be taken for good again.
        let command = "lifeos backup create --full\(result.faults.contains { $0.isBlob } ? " --blobs-anew" : "")"
        guard let sound = result.sound.last else {
            return "Create a new backup now: \(command). Then look for another copy of the old ones."
        }
        return "The newest intact backup is \(sound). Create a new one now: \(command)"
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
