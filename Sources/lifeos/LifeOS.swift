import CLI
import Service

/// The program as a whole: every command is listed here.
enum LifeOS {
    static let application = Application(
        name: "lifeos",
        summary: "Runs your AI studio. Every change is an event you can audit, replay and undo.",
        nouns: [
            "backup": "Back up, verify and restore.",
            "config": "Look at the settings.",
            "events": "Describe what can be in the log.",
            "export": "Write everything to files.",
            "log": "Read, verify and repair the event log.",
            "projections": "Check and rebuild the tables made from the log.",
            "replay": "Look at the past, compare two points, fork from one.",
            "sample": "Load a sample studio.",
        ],
        groups: [
            CommandGroup("Serve and watch", [.serve, .status, .doctor]),
            CommandGroup("Data", [.importFolder, .exportJSON, .sampleLoad, .eventsDocs]),
            CommandGroup(
                "History and undo",
                [
                    .logShow, .logVerify, .audit, .auditExport, .auditVerifyExport, .replayInspect, .replayDiff,
                    .replayFork, .replayForks, .replayDropFork, .rollback, .undo,
                ]),
            CommandGroup(
                "Backup",
                [
                    .backupCreate, .backupList, .backupVerify, .backupRestore, .backupDrill, .backupPrune,
                    .backupSchedule,
                ]),
            CommandGroup(
                "Maintenance",
                [
                    .migrate, .projectionsList, .projectionsCheck, .projectionsRebuild, .projectionsDropOld,
                    .logRepairPlan, .logRepairHead,
                ]),
            CommandGroup("Settings and help", [.configShow, .version]),
        ],
        topics: [.settings(LifeOSSettings.all)])
}
