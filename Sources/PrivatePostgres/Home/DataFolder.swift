internal import Glibc
internal import System

/// The files of one cluster.
enum DataFolder {
    /// The major version that made the data; `nil` when there are none yet.
    static func major(of folder: String, account: Account) throws(PrivatePostgresError) -> Int? {
        guard let owner = Files.owner(of: folder) else { return nil }
        guard owner == account.userID else {
            throw PrivatePostgresError(
                .dataUnusable, "\(folder) belongs to user \(owner), but PostgreSQL would run as user \(account.userID)",
                advice: "Start as the user that owns it, or change its owner (chown -R).")
        }
        do {
            let text = try Files.readText("\(folder)/PG_VERSION", limit: 64)
            if let major = Int(text.prefix { $0.isASCII && $0.isNumber }), major > 0 { return major }
        } catch {
            guard error.code == ENOENT else {
                throw PrivatePostgresError(
                    .dataUnusable, "PostgreSQL's data cannot be read (\(error))",
                    advice: "Start as the user that owns them.")
            }
        }
        throw PrivatePostgresError(
            .dataUnusable, "\(folder) is there, but holds no PostgreSQL data",
            advice: "Move it away and start again, or restore it from a backup.")
    }

    /// Makes a cluster with an empty database in it. Either all of it is there afterwards or nothing.
    ///
    /// - Returns: the server, running already, so that a first start need not start it twice.
    static func make(_ configuration: PrivatePostgres.Configuration, _ plan: Postmaster.Plan) async throws -> Postmaster
    {
        let draft = configuration.draftFolder
        // Cut off, an earlier attempt may have left its half, and even a server running in it.
        if Files.exists(draft) { _ = try await Predecessor.clear(draft, plan.account, within: plan.stopTimeout) }
        try Files.removeTree(draft)
        try Files.makeFolder(draft, mode: 0o700)
        let folder = try ClusterFolder(draft, .directoryItself)
        try plan.account.take(folder.descriptor)
        try await initialize(folder, configuration, plan)
        let postmaster = try await Postmaster.start(in: folder, plan)
        do {
            try await createDatabase(in: draft, configuration, plan)
            // The server knows its folder by descriptor, so the name can change beneath it.
            try Files.rename(draft, to: configuration.dataFolder)
            try FileDescriptor.open(configuration.home, .directory).sync()
            return postmaster
        } catch {
            await postmaster.stop(.fast, within: plan.stopTimeout)
            throw error
        }
    }

    private static func initialize(
        _ folder: ClusterFolder, _ configuration: PrivatePostgres.Configuration, _ plan: Postmaster.Plan
    ) async throws {
        var arguments = [
            "--pgdata=\(Postmaster.folderPath)", "--username=\(Conninfo.user)", "--auth-local=trust",
            "--auth-host=reject",
            "--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
        ]
        if configuration.durability == .fleeting { arguments.append("--no-sync") }
        var program = plan.account.program(plan.installation.initdb, arguments, endedBy: "KILL")
        program.descriptor = folder.descriptor.number
        program.hasOwnGroup = true
        let result = try await program.run(timeout: plan.startTimeout)
        try check(result, "the making of PostgreSQL's data failed")
    }

    private static func createDatabase(
        in folder: String, _ configuration: PrivatePostgres.Configuration, _ plan: Postmaster.Plan
    ) async throws {
        let server = ["-h", folder, "-p", "\(Conninfo.port)", "-U", Conninfo.user, "--no-password"]
        let program = Program(
            plan.installation.createdb, server + ["--maintenance-db=postgres", configuration.database])
        try check(try await program.run(timeout: plan.startTimeout), "the making of the database failed")
    }

    private static func check(_ result: Program.Result, _ message: String) throws {
        guard !result.exit.isSuccess else { return }
        let lines = (result.outputText + result.errorText).split(separator: "\n").suffix(20).map(String.init)
        throw PrivatePostgresError(
            .startFailed, "\(message) (\(result.exit))", advice: "See the last lines of its log.", log: lines)
    }
}
