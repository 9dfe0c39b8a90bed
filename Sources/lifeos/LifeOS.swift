import CLI
import Service

/// The program as a whole: every command is listed here.
enum LifeOS {
    static let application = Application(
        name: "lifeos",
        summary: "Your AI studio, kept as a log of everything that happened.",
        nouns: [
            "backup": "Copies of everything, for the day that something is lost.",
            "events": "What can be in the log.",
            "export": "Ways out, for people who leave or look elsewhere.",
            "log": "What is in the log.",
            "projections": "The tables that are made from the log.",
            "replay": "The past: looked at, and gone on from.",
            "sample": "A studio to look around in.",
        ],
        commands: [
            .serve, .migrate, .importFolder, .exportJSON, .sampleLoad, .eventsDocs, .logShow, .logVerify,
            .logRepairPlan, .logRepairHead, .audit,
            .auditExport, .auditVerifyExport,
            .projectionsList, .projectionsRebuild, .projectionsCheck, .projectionsDropOld, .replayInspect, .replayDiff,
            .rollback,
            .undo, .replayFork, .replayForks, .replayDropFork, .backupCreate, .backupList, .backupVerify, .backupPrune,
            .backupRestore, .backupDrill, .backupSchedule, .doctor, .version,
        ],
        topics: [.settings(LifeOSSettings.all)])
}
