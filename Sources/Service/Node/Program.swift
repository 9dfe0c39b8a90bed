import System

/// The version and build of the program.
package enum Program {
    package static let version = "0.1.0"

    /// The commit it was built from, with `-changed` behind it where files were not as committed; nil where nobody noted it.
    ///
    /// `ops/start` and `ops/package` note it in a file, so that no build has to wait for it. A note that is older than the
    /// program says nothing of it: somebody has built it anew since.
    package static let commit: String? = {
        guard let program = Files.resolved("/proc/self/exe"), let built = Files.changedAt(program) else { return nil }
        let notes = ["\(program).commit"] + (ShippedFolder.find().map { ["\($0.path)/commit"] } ?? [])
        for note in notes {
            guard let noted = Files.changedAt(note), noted >= built,
                let text = try? Files.readText(note, limit: 256).split(separator: "\n").first
            else { continue }
            return String(text)
        }
        return nil
    }()

    /// The compiler's version.
    package static var swift: String {
        #if compiler(>=6.4)
            "6.4 or newer"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }

    /// How it was built.
    package static var build: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }
}
