import CLI

extension Command {
    static let version = Command("version", "Prints which version this is.") { run in
        run.output.fields([
            Column("version", title: "Life-OS"): .text(LifeOS.version),
            Column("swift", title: "Swift"): .text(BuildFacts.swift),
            Column("build", title: "Build"): .text(BuildFacts.kind),
        ])
    }
}

/// What the compiler knows of this build.
enum BuildFacts {
    static var swift: String {
        #if compiler(>=6.4)
            "6.4 or newer"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }

    static var kind: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }
}
