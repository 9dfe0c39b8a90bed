internal import Glibc
internal import System

/// The user that the server runs as. PostgreSQL refuses to run as root.
struct Account: Sendable, Equatable {
    /// Binds a program to its parent's life and sheds root's rights, between `fork` and `exec`, where Swift cannot.
    private static let setpriv = "/usr/bin/setpriv"

    let name: String
    let userID: UInt32
    let groupID: UInt32

    /// - Parameter asked: the user that was asked for; without one `postgres`, else `nobody`. Only root can choose.
    static func choose(_ asked: String?) throws(PrivatePostgresError) -> Account {
        guard Files.exists(setpriv) else {
            throw PrivatePostgresError(
                .notInstalled, "\(setpriv) is missing",
                advice: "Install it (on Debian and Ubuntu: apt install util-linux).")
        }
        guard geteuid() == 0 else {
            return Account(name: "", userID: geteuid(), groupID: getegid())
        }
        for name in asked.map({ [$0] }) ?? ["postgres", "nobody"] {
            guard let account = Account(name: name) else { continue }
            if account.userID == 0 { break }
            return account
        }
        throw PrivatePostgresError(
            .noAccount,
            "PostgreSQL does not run as root, and there is no unprivileged user \(asked ?? "postgres")",
            advice: "Create one (useradd --system lifeos) and set LIFEOS_POSTGRES_USER to it, or start as another user."
        )
    }

    private init(name: String, userID: UInt32, groupID: UInt32) {
        self.name = name
        self.userID = userID
        self.groupID = groupID
    }

    private init?(name: String) {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, unsafe found != nil else {
            return nil
        }
        unsafe self.init(name: name, userID: entry.pw_uid, groupID: entry.pw_gid)
    }

    /// Gives an open folder to this user and keeps everybody else out.
    func take(_ folder: borrowing FileDescriptor) throws(SystemError) {
        try folder.setMode(0o700)
        if geteuid() == 0 { try folder.setOwner(userID, groupID) }
    }

    /// The same program run by this user, and ended with this process whatever ends that.
    ///
    /// The kernel sends the signal when the thread that started the child ends; ``Program/start()`` sees to that.
    func program(_ path: String, _ arguments: [String], endedBy signal: String) -> Program {
        var options = ["--pdeathsig", signal, "--no-new-privs"]
        if geteuid() == 0 {
            options += ["--reuid", "\(userID)", "--regid", "\(groupID)", "--init-groups", "--inh-caps=-all"]
        }
        // The folder must be one that the user may enter, and its own data folder comes as a descriptor.
        return Program(Self.setpriv, options + [path] + arguments, workingDirectory: "/")
    }
}
