internal import System

extension PrivatePostgres {
    /// How a home stands, for `lifeos doctor`. Looks only; starts and changes nothing.
    public struct Inspection: Sendable {
        /// The installed server that would be used, such as `15.20`; `nil` when none fits.
        public let installedVersion: String?
        /// The major version that made the data; `nil` before the first start, or when the data cannot be read.
        public let dataMajor: Int?
        /// What the data take on the disk.
        public let dataBytes: Int
        /// The server's process; `nil` when none takes connections.
        public let serverProcessID: Int32?
        /// How libpq reaches the server; `nil` when none takes connections.
        public let conninfo: String?
        /// The process that runs the server, or is about to.
        public let ownerProcessID: Int32?
        /// What keeps the server from starting, with advice; `nil` when nothing is known of.
        public let problem: PrivatePostgresError?
    }

    /// Looks at the home of a configuration, whoever runs its server.
    public static func inspect(_ configuration: Configuration) async -> Inspection {
        let folder = configuration.dataFolder
        var problem: PrivatePostgresError?
        var major: Int?
        var installation: Installation?
        do {
            try Home.check(configuration)
            major = try DataFolder.major(of: folder, account: try Account.choose(configuration.account))
            installation = try await Installation.find(in: configuration.binaries, major: major)
        } catch let error as PrivatePostgresError {
            problem = error
        } catch {
            problem = PrivatePostgresError(.dataUnusable, "\(error)", advice: "Look at \(folder).")
        }
        let isServed = Home.isServed(folder)
        return Inspection(
            installedVersion: await installation?.version(), dataMajor: major, dataBytes: Files.treeBytes(folder),
            serverProcessID: isServed ? PostmasterFile(in: folder)?.processID : nil,
            conninfo: isServed ? Conninfo.text(folder: folder, database: configuration.database) : nil,
            ownerProcessID: HomeLock.holder(configuration.lockPath)?.processID, problem: problem)
    }
}
