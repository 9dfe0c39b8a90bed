import System

/// The folder with the files that came with this program: a checkout that it was built in, the folder that it lies in, or
/// where a package has put them.
struct ShippedFolder {
    let path: String
    private let isCheckout: Bool

    /// Where Debian's package has them.
    static let installed = "/usr/share/lifeos"

    /// The files of the sample studio; nil where they are not there.
    var sample: String? {
        let folder = isCheckout ? "\(path)/ops/sample" : "\(path)/sample"
        return Files.isFolder(folder) ? folder : nil
    }

    static func find() -> ShippedFolder? {
        guard let program = Files.resolved("/proc/self/exe") else { return nil }
        var folder = program
        while folder != "/" {
            folder = Files.folder(of: folder)
            if Files.exists("\(folder)/Package.swift"), isComplete(folder) {
                return ShippedFolder(path: folder, isCheckout: true)
            }
        }
        let beside = Files.folder(of: program)
        // What lies in /usr/local/bin has its files in /usr/local/share.
        return [beside, "\(Files.folder(of: beside))/share/lifeos", installed].first(where: isComplete)
            .map { ShippedFolder(path: $0, isCheckout: false) }
    }

    private static func isComplete(_ folder: String) -> Bool {
        ["events", "projections", "dashboards"].allSatisfy { Files.isFolder("\(folder)/\($0)") }
    }
}
