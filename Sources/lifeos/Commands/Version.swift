import CLI
import Service

extension Command {
    static let version = Command("version", "Print the version.") { run in
        run.output.fields([
            Column("version", title: "Life-OS"): .text(Program.version),
            Column("commit", title: "Commit"): Cell(Program.commit),
            Column("swift", title: "Swift"): .text(Program.swift),
            Column("build", title: "Build"): .text(Program.build),
        ])
    }
}
