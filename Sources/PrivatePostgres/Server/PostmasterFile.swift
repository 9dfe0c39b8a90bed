internal import System

/// What the server writes into `postmaster.pid`.
struct PostmasterFile: Equatable {
    let processID: Int32
    let isReady: Bool

    init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, let processID = Int32(first), processID > 0 else { return nil }
        self.processID = processID
        // The eighth line is padded, so that the server can overwrite it in place.
        isReady = lines.count > 7 && lines[7].split(separator: " ") == ["ready"]
    }

    /// `nil` when there is none, or none that can be read yet.
    init?(in folder: String) {
        guard let text = try? Files.readText(Self.path(in: folder), limit: 4 << 10) else { return nil }
        self.init(text: text)
    }

    static func path(in folder: String) -> String { "\(folder)/postmaster.pid" }
}
